/** The application as a function. */

/**
 * Answers one request; `env` has what the host knows of the connection. What is there at once is given at once: a
 * promise costs every plain request (docs/decisions/0049-plain-requests.md).
 */
export type Fetch = (request: Request, env?: object) => Response | Promise<Response>;
