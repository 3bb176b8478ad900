/** The application as a function. */

/**
 * What the host knows of the connection. An adapter for Node gives `incoming`, the message with its socket; whoever calls
 * `fetch` without one says who the client is.
 */
export interface FetchEnvironment {
  /** Address of the peer, such as "127.0.0.1" for a caller in this process. Default: that of the socket of `incoming`. */
  readonly clientAddress?: string | undefined;
}

/**
 * Answers one request; `env` has what the host knows of the connection. What is there at once is given at once: a
 * promise costs every plain request (docs/decisions/0049-plain-requests.md).
 */
export type Fetch = (request: Request, env?: FetchEnvironment | object) => Response | Promise<Response>;
