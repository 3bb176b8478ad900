/** What is refused of WebSockets alone; of the credential and the scopes everything is refused as on any route. */
import type { LimitEntry, RefusalEntry } from "./entry.ts";
import { refusal } from "./refusal-entry.ts";

const forbidden = { status: 403, challenge: "none" } as const;
const origin = { ...forbidden, stage: "origin", detail: "Origin not allowed" } as const;
/** Of a connection that is open already. */
const FRAME = "a frame `auth_error` on the WebSocket";
const AS_IT_WAS = `${FRAME}, which stays as it was`;
const NEW_CONNECTION = "open a new connection, and authenticate it with this token";

export const socketRefusals = {
  AUTH_SOCKET_ORIGIN_REFUSED: refusal({
    ...origin,
    title: 'a web page of the origin "{origin}" opened the WebSocket, and that origin is not allowed',
    fix: 'add "{origin}" to "cors.allowedOrigins"',
    publicFacts: ["origin"],
  }),
  AUTH_SOCKET_ORIGIN_OPAQUE: refusal({
    ...origin,
    title: 'a web page without an origin of its own opened the WebSocket ("Origin: null")',
    fix: 'serve the page over http instead of opening it as a file or in a sandbox, and add the address that it then has to "cors.allowedOrigins"',
  }),
  AUTH_SOCKET_OTHER_CALLER: refusal({
    ...forbidden,
    stage: "subject",
    seenAs: AS_IT_WAS,
    detail: "The connection belongs to another caller",
    title: "the token names another caller than the one that this connection was authenticated for",
    fix: NEW_CONNECTION,
  }),
  AUTH_SOCKET_SCOPES_WIDER: refusal({
    ...forbidden,
    stage: "scopes",
    seenAs: AS_IT_WAS,
    detail: "The token has more scopes than the connection",
    title: "the token has scopes that this connection was not authenticated with: {wider_scopes}",
    fix: NEW_CONNECTION,
    publicFacts: ["wider_scopes"],
  }),
} as const satisfies Record<string, RefusalEntry>;

const limit = { kind: "limit", since: "0.1.0", retryAfterSeconds: 5 } as const;

export const socketLimits = {
  RUN_SERVER_SOCKETS: {
    ...limit,
    status: 503,
    title: "open WebSockets of this AgentOS: {limit}, the most that it has room for",
    detail: "The server has too many open WebSockets",
    fix: "close WebSockets that nobody needs any more, then connect again",
  },
  RUN_CALLER_SOCKETS: {
    ...limit,
    status: 429,
    seenAs: `${FRAME}, which is then closed with 1008`,
    title: "open WebSockets of this caller: {limit}, the most that one caller may have",
    detail: "Too many open WebSockets",
    fix: "close WebSockets of yours that you do not need any more, then connect again",
  },
  RUN_ADDRESS_SOCKETS: {
    ...limit,
    status: 429,
    title:
      "unauthenticated WebSockets from the address of this client: {limit}, the most that one address may have",
    detail: "Too many WebSockets are not authenticated",
    fix: 'send "authenticate" on those that are open, or close them, then connect again',
  },
} as const satisfies Record<string, LimitEntry>;
