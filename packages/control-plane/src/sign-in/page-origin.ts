/** At which address the page stands that a request comes from, as far as its browser says. */

/**
 * Undefined where nothing says it: then it is no browser's, or one that says only that the page is of this site. Browsers
 * send `Origin` with a POST to another site; with one to their own some do, and others say `Referer` alone.
 */
export function pageOriginOf({ headers }: Request): string | undefined {
  const origin = headers.get("origin");
  if (origin !== null) return origin;
  const referer = headers.get("referer");
  return referer === null ? undefined : (URL.parse(referer)?.origin ?? "null");
}
