/** The log of `agentos dev`: a few readable lines for each refusal, instead of JSON. */
import { inspect } from "node:util";
import { type Logger, redactTokens } from "@agentos/guard";
import { showUntrusted, type Terminal } from "../program/terminal.ts";

/** Writes to standard error; quiet keeps errors only. */
export function createDevLogger(terminal: Terminal, options: { readonly isQuiet: boolean }): Logger {
  const write = (mark: string, facts: Readonly<Record<string, unknown>>, text: string): void => {
    const read = (name: string) =>
      typeof facts[name] === "string" ? showUntrusted(redactTokens(facts[name])) : "";
    const code = read("code");
    const place = [read("route"), code === "" ? "" : `[${code}]`].filter((part) => part !== "").join(" ");
    terminal.note(`${mark} ${place === "" ? "" : `${place} `}${showUntrusted(redactTokens(text))}`);
    const seen = describeFacts(facts["facts"]);
    const named = ["error_id", "provider", "model", "tool"].map((name) =>
      read(name) === "" ? "" : `${name.replaceAll("_", " ")}: ${read(name)}`,
    );
    const step = [
      read("denial_id"),
      read("stage") === "" ? "" : `stopped at "${read("stage")}"`,
      seen,
      ...named,
    ];
    const details = step.filter((part) => part !== "").join("; ");
    if (details !== "") terminal.note(`  ${details}`);
    for (const failure of listFailures(facts["error"] ?? facts["cause"]))
      terminal.note(`  ${showUntrusted(redactTokens(failure))}`);
    if (read("fix") !== "") terminal.note(`  fix: ${read("fix")}`);
  };
  return {
    error: (facts, text) => write(terminal.paintNote("red", "error"), facts, text),
    warn: (facts, text) => {
      if (!options.isQuiet) write(terminal.paintNote("yellow", "refused"), facts, text);
    },
    info: () => undefined,
  };
}

/** A failure, and what it came from: of a lost connection only that says why. */
function listFailures(failure: unknown): readonly string[] {
  if (failure === undefined || failure === null) return [];
  if (!(failure instanceof Error))
    return [typeof failure === "string" ? failure : inspect(failure, { depth: 1 })];
  const { name, message, cause } = failure;
  return [`${name}: ${message}`, ...(cause instanceof Error ? [`${cause.name}: ${cause.message}`] : [])];
}

/** Expected and got, as the denial record has them. */
function describeFacts(facts: unknown): string {
  if (typeof facts !== "object" || facts === null) return "";
  return Object.entries(facts)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${showUntrusted(redactTokens(showValue(value)))}`)
    .join("; ");
}

function showValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
