/** What holds where nothing else is configured, and is known to both ends of the wire. */

/** Port of an AgentOS: the one that clients and web UIs try first. */
export const DEFAULT_PORT = 7777;

/** Header that carries the credential. */
export const DEFAULT_TOKEN_HEADER = "Authorization";

/** Cookie that carries the token, where cookies are read. */
export const DEFAULT_COOKIE_NAME = "access_token";
