/** What strangers and callers may take of a server by WebSockets. */

/** Largest message of a client, in bytes; fragments count together. A token that we explain the refusal of fits. */
export const MAX_FRAME_BYTES = 262_144;
/** Fragments of one message, and pieces that wait for the rest of a frame: each costs more than its bytes. */
export const MAX_FRAGMENTS = 256;
/** Most that waits in a connection for a client that does not read, in bytes; beyond it the connection ends. */
export const MAX_UNREAD_BYTES = 1_048_576;
/** Frames that wait for the one before them. */
export const MAX_WAITING_FRAMES = 32;

/** Pings and pongs of a client in a second. */
export const MAX_CONTROL_FRAMES = 50;
/** Bytes of its messages in a second; beyond them it is read on in the next one. */
export const MAX_BYTES_PER_SECOND = 262_144;
/** Bytes of a client that has not authenticated, of all frames together. Its attempts fit, each with the largest token. */
export const MAX_UNKNOWN_BYTES = 131_072;

/** Open connections in all. */
export const MAX_SOCKETS = 1_000;
/** Open connections of one user. */
export const MAX_SOCKETS_PER_CALLER = 100;
/** Connections in all that are not authenticated; the oldest of them makes way for one more. */
export const MAX_WAITING_SOCKETS = 250;
/** Those of them from one address. */
export const MAX_WAITING_PER_ADDRESS = 20;

/** Failed attempts to authenticate, one after the other, that end a connection. */
export const MAX_FAILED_ATTEMPTS = 5;
/** Other frames before authentication that end it. */
export const MAX_STRAY_FRAMES = 20;

/** How long a connection may stay without authentication. */
export const AUTHENTICATE_WITHIN_SECONDS = 30;
/** How long it may stay with one that has expired. */
export const RENEW_WITHIN_SECONDS = 300;
/** How often the credential of a silent connection is judged again. */
export const JUDGE_EVERY_SECONDS = 2;
/** The same after the server could not tell. */
export const JUDGE_AGAIN_SECONDS = 30;
/** How often a client has to show that it is there. */
export const PING_EVERY_SECONDS = 30;
/** How long a client gets to answer the end of a connection. */
export const CLOSE_WITHIN_SECONDS = 2;
