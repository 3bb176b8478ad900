/** What a client is told over a connection: the contract's frames (6.1), and beside their words the cause and the fix. */
import type { AuthMode, Identity } from "@agentos/auth";
import { isTokenMode } from "@agentos/auth";
import { REFUSALS, type RefusalCode } from "@agentos/contract";
import { escapeUnprintable } from "@agentos/contract/text";
import type { SocketRefusal } from "../gate/socket-gate.ts";
import { redactTokens } from "../log/redact-tokens.ts";

/** What a limit says, in the keys of a refusal. */
export interface LimitWords {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
}

const INVALID_TOKEN = "Invalid token: ";
/** Refusals of service account tokens: existing clients get no `error_type` with them. */
const OF_SERVICE_ACCOUNTS: ReadonlySet<RefusalCode> = new Set(["AUTH_SERVICE_ACCOUNTS_DISABLED"]);
/** Characters of a name or an id that is said back. */
const MAX_ECHOED = 200;

/** Greets a client. */
export function connectedFrame(mode: AuthMode): object {
  const requiresAuth = mode !== "none";
  const message = `Connected to AgentOS.${requiresAuth ? " Please authenticate to continue." : ""}`;
  return { event: "connected", message, requires_auth: requiresAuth };
}

/** For whatever comes before authentication, and after its end. */
export function authRequiredFrame(mode: AuthMode): object {
  const credential = mode === "security_key" ? "bearer token" : "JWT";
  return {
    event: "auth_required",
    error: `Authentication required. Send authenticate action with valid ${credential}.`,
  };
}

/** The first is the same for every credential; the second says who a token names. */
export function authenticatedFrames(mode: AuthMode, { userId }: Identity): readonly object[] {
  const first = {
    event: "authenticated",
    message: "Authentication successful. You can now send commands.",
  };
  if (!isTokenMode(mode)) return [first];
  const second = { event: "authenticated", message: "JWT authentication successful." };
  return [first, { ...second, user_id: userId ?? null }];
}

export const TOKEN_REQUIRED: object = Object.freeze({ event: "auth_error", error: "Token is required" });

/** A credential that is not accepted, or not any more. */
export function authErrorFrame(mode: AuthMode, refusal: SocketRefusal): object {
  const type = errorTypeOf(mode, refusal);
  return {
    event: "auth_error",
    error: reasonOf(mode, refusal),
    ...(type === undefined ? {} : { error_type: type }),
    ...causeOf(refusal),
  };
}

/** There is no room for one more connection of this caller. */
export function limitFrame({ code, title, detail, fix }: LimitWords): object {
  return { event: "auth_error", error: detail, code, title, fix };
}

/** An action that is not allowed. `words` are what the contract has for scopes; any other cause has its own. */
export function refusedFrame(refusal: SocketRefusal, words: string): object {
  const { status, detail } = refusal.problem;
  const error = REFUSALS[refusal.code].stage === "scopes" ? words : detail;
  return {
    event: "error",
    error,
    ...(status >= 500 ? { error_type: "server_error" } : {}),
    ...causeOf(refusal),
  };
}

/** What is wrong with a frame, or not there. */
export const errorFrame = (error: string): object => ({ event: "error", error });

/** A name or an id as a client sent it, fit to be said back. */
export const echoText = (text: string): string =>
  escapeUnprintable(redactTokens(text.slice(0, MAX_ECHOED)).toWellFormed());

/** What answers of HTTP have too. */
function causeOf({ problem }: SocketRefusal): object {
  const { code, title, fix, denial_id, required_scopes, missing_scopes } = problem;
  const scopes = required_scopes === undefined ? {} : { required_scopes, missing_scopes };
  return { code, title, fix, denial_id, ...scopes };
}

/** The contract's words for a connection, which are shorter than those of an answer. */
function reasonOf(mode: AuthMode, { code, problem: { status, detail } }: SocketRefusal): string {
  if (code === "AUTH_TOKEN_EXPIRED") return "Signature has expired";
  if (mode === "security_key" && status === 401) return "Invalid token";
  if (code === "AUTH_KEYS_UNAVAILABLE") return "JWT authentication is misconfigured on the server";
  return detail.startsWith(INVALID_TOKEN) ? detail.slice(INVALID_TOKEN.length) : detail;
}

function errorTypeOf(mode: AuthMode, { code, problem: { status } }: SocketRefusal): string | undefined {
  if (status >= 500) return "server_error";
  if (!isTokenMode(mode) || OF_SERVICE_ACCOUNTS.has(code)) return undefined;
  return code === "AUTH_TOKEN_EXPIRED" ? "expired" : "invalid_token";
}
