/**
 * The one path that is both routed and authorised (repair of contract Q15, Q16). Routing and guard see this string
 * only; parameters are decoded once, after matching.
 */
import { UNPRINTABLE } from "@agentos/contract/text";

/** No route has this path, so a request for it is authenticated and then not found. */
const UNROUTABLE = "/\u0000";

/**
 * The path behind scheme and host; a query may stand directly behind the host. The host has been checked before: one with
 * a slash in it would begin the path.
 */
const PATH = /^[^:]*:\/\/[^/?#]*([^?#]*)/;
/** Decoding it would put a new escape together, so that one path had two spellings. */
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** Segments of nothing that could be written otherwise: nearly every request has such a path, and needs no other check. */
const ORDINARY = /^(?:\/[A-Za-z0-9_-]+)+$/;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** Path of a request in its one spelling, or one that no route has. */
export function canonicalPath(request: Request): string {
  const [, raw = ""] = PATH.exec(request.url) ?? [];
  return canonicalize(raw === "" ? "/" : raw);
}

/** The one spelling of a raw path. */
export function canonicalize(raw: string): string {
  if (raw === "/" || ORDINARY.test(raw)) return raw;
  if (BROKEN_ESCAPE.test(raw)) return UNROUTABLE;
  const path = stripTrailingSlashes(raw.includes("%") ? decodeUnreserved(raw) : raw);
  if (path === "/") return path;
  if (path.includes("//") || path.includes("\\") || /\/\.{1,2}(\/|$)/.test(path)) return UNROUTABLE;
  return (path.includes("%") ? isShowable(path) : !UNPRINTABLE.test(path)) ? path : UNROUTABLE;
}

/** `%61gents` is `agents` (RFC 3986 section 6.2.2.2); everything else stays as it was sent. */
function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}

function stripTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path.charCodeAt(end - 1) === 47) end--;
  return path.slice(0, end);
}

/** True when it decodes, and to nothing unprintable: names of items are shown in refusals and logs. */
function isShowable(path: string): boolean {
  try {
    return !UNPRINTABLE.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}
