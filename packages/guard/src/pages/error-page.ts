/** `GET /errors/CODE`: what a refusal's `type` points to. Made of the catalogue alone, so it tells nothing of this server. */
import { ERRORS, type ErrorEntry, renderNeutral } from "@agentos/contract";

/** Headers of an error page: nothing on it may load or run anything. */
export const ERROR_PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  // Not for shared caches: they would give a page of one origin the CORS headers of another.
  "cache-control": "private, max-age=300",
  "x-content-type-options": "nosniff",
};

/** The page about a code, or undefined when there is no such code. */
export function renderErrorPage(code: string, cliCommand: string): string | undefined {
  const entry = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
  return entry === undefined ? undefined : page(code, entry, cliCommand);
}

function explain(text: string, cliCommand: string): string {
  return escapeHtml(renderNeutral(text, cliCommand));
}

function page(code: string, entry: ErrorEntry, cliCommand: string): string {
  const detail =
    entry.kind === "refusal" || entry.kind === "limit" || entry.kind === "rejection"
      ? `<h2>What the client sees</h2><p><code>${explain(entry.detail, cliCommand)}</code></p>`
      : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${code}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto; padding: 0 1.25rem; }
h1 { font: 600 1.25rem/1.3 ui-monospace, monospace; margin-bottom: 0; overflow-wrap: anywhere; }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; opacity: .65; margin: 2rem 0 .25rem; }
p { margin: .25rem 0; } code { overflow-wrap: anywhere; } .kind { opacity: .65; }
</style></head><body>
<h1>${code}</h1><p class="kind">${describeKind(entry, cliCommand)}</p>
<h2>Cause</h2><p>${explain(entry.title, cliCommand)}</p>
<h2>Fix</h2><p>${explain(entry.fix, cliCommand)}</p>
${detail}
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function describeKind(entry: ErrorEntry, cliCommand: string): string {
  if (entry.kind === "rejection") return `HTTP ${entry.status}; what is there stands against the request`;
  if (entry.kind !== "cause" && entry.seenAs !== undefined) return explain(entry.seenAs, cliCommand);
  if (entry.kind === "refusal")
    return `HTTP ${entry.status}; checked at the step &ldquo;${entry.stage}&rdquo;`;
  if (entry.kind === "limit")
    return `HTTP ${entry.status}; ${entry.status < 429 ? "the request is too large" : "there is no room for the request now"}`;
  if (entry.kind === "cause") return "found by a diagnosis";
  return entry.severity === "error" ? "stops the start" : "printed at the start as a warning";
}
