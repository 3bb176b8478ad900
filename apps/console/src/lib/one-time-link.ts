/** One-time links: their secret stands in the fragment, which no server and no log sees. */

const FRAGMENT = /^#link=([\w-]{1,200})$/;

/** The secret of a fragment; undefined for any other fragment. */
export function parseLinkFragment(hash: string): string | undefined {
  return FRAGMENT.exec(hash)?.[1];
}

interface PageAddress {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: null, unused: string, url: string): void };
}

/** Takes it, and removes it from the address bar and from the history at once. */
export function takeLinkSecret(page: PageAddress): string | undefined {
  const secret = parseLinkFragment(page.location.hash);
  if (secret !== undefined)
    page.history.replaceState(null, "", page.location.pathname + page.location.search);
  return secret;
}
