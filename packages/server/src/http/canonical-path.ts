/**
 * The one path that is both routed and authorised (repair of contract Q15, Q16). Routing and guard see this string
 * only; parameters are decoded once, after matching.
 */

/** No route has this path, so a request for it is authenticated and then not found. */
const UNROUTABLE = "/\u0000";

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
// oxlint-disable-next-line no-control-regex -- finding them is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Path of a request in its one spelling, or one that no route has. */
export function canonicalPath(request: Request): string {
  const { url } = request;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const end = url.slice(start).search(/[?#]/);
  const raw = end === -1 ? url.slice(start) : url.slice(start, start + end);
  return canonicalize(raw);
}

/** The one spelling of a raw path. */
export function canonicalize(raw: string): string {
  if (raw === "/") return raw;
  const path = stripTrailingSlashes(raw.includes("%") ? decodeUnreserved(raw) : raw);
  if (path === "/") return path;
  if (path.includes("//") || path.includes("\\") || /\/\.{1,2}(\/|$)/.test(path)) return UNROUTABLE;
  return path.includes("%") && !isDecodable(path) ? UNROUTABLE : path;
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

function isDecodable(path: string): boolean {
  try {
    return !CONTROL.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}
