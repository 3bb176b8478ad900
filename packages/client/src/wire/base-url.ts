/** Where a server is: scheme, host, port, and the path that it is mounted at. */

export interface BaseUrl {
  /** Without a slash at its end; a path of the contract follows. */
  readonly prefix: string;
  /** Scheme, host and port: what people are told, and what cookies belong to. */
  readonly origin: string;
}

/** A text says why it cannot be used. */
export function parseBaseUrl(text: string): BaseUrl | string {
  if (!URL.canParse(text)) return `"baseUrl" is no address: give scheme, host and port`;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `"baseUrl" has the scheme ${url.protocol.slice(0, -1)}: it must be https or http`;
  if (url.username !== "" || url.password !== "")
    return '"baseUrl" has a user or a password: give a credential as "token"';
  if (url.search !== "" || url.hash !== "") return '"baseUrl" has a query or a fragment: leave it out';
  return { prefix: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, origin: url.origin };
}
