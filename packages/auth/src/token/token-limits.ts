/** Every limit of the engine, with its unit. */
import { MAX_TOKEN_LIFETIME_HOURS } from "@agentos/contract";

/** Tokens above this are refused before anything is decoded. */
export const MAX_TOKEN_BYTES = 16_384;

/** Clock skew allowed on `exp`, `nbf`, `iat` (contract 1.7). */
export const CLOCK_SKEW_SECONDS = 10;

/** Longest life of a token, from `iat` (or now) to `exp` (design.md section 10). */
export const MAX_TOKEN_LIFETIME_SECONDS = MAX_TOKEN_LIFETIME_HOURS * 60 * 60;

/** An `exp` between these is in milliseconds: as seconds it would lie beyond the year 5000, as milliseconds before it. */
export const MILLISECONDS_THRESHOLD = 100_000_000_000;
/** See {@link MILLISECONDS_THRESHOLD}. */
export const MILLISECONDS_CEILING = 100_000_000_000_000;

export { MAX_IDENTIFIER_CHARACTERS } from "@agentos/contract";

/** Scopes read from one token; more are ignored. */
export const MAX_SCOPES = 1_000;

/** Most keys tried for one token without a `kid`: as many as a key set may have. */
export const MAX_KEYS_TRIED = 100;

/** More keys than this for one token are tried by jose, which gives the event loop back after each. */
export const MAX_KEYS_TRIED_IN_PLACE = 4;

/** Verified tokens kept in memory. */
export const TOKEN_CACHE_ENTRIES = 10_000;
