/** The application as a function. */

/**
 * Answers one request; `env` has what the host knows of the connection. What is there at once is given at once: a
 * promise costs every plain request (decision 0049).
 */
export type Fetch = (request: Request, env?: object) => Response | Promise<Response>;
