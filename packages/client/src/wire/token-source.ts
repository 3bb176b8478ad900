/**
 * The token of a client, renewed before it ends. Nothing here is verified: when a token ends is read from it to spare a
 * request, and the server alone decides.
 */
import { isRecord } from "@agentos/contract/text";
import { ConnectionFault, isClientError } from "./client-errors.ts";
import type { Credential, CredentialInUse } from "./credential.ts";
import { parseJson } from "./read-body.ts";
import type { ClientRuntime } from "./runtime.ts";

/** For one question for a token. */
export interface GetTokenOptions {
  /** Aborts when nobody waits for the token any more. */
  readonly signal: AbortSignal;
}

/** Gives a token, or undefined where there is none: the request is sent without. */
export type GetToken = (options: GetTokenOptions) => string | undefined | Promise<string | undefined>;

interface TokenSourceOptions {
  readonly getToken: GetToken;
  /** A token that ends within so many seconds is replaced before it is used. */
  readonly renewSeconds: number;
  readonly runtime: Pick<ClientRuntime, "clock">;
}

interface HeldToken {
  readonly text: string | undefined;
  /** By this machine's clock, milliseconds; infinite where that is not known. */
  readonly endsAtMs: number;
}

/** A question for a token, and how many wait for its answer. */
interface Renewal {
  readonly answer: Promise<HeldToken>;
  readonly stop: AbortController;
  waiting: number;
}

/** A server that takes no token at all would have a new one made for each request. */
const REPLACE_PAUSE_MS = 30_000;

/** One token for a client that does not renew it. */
export function createFixedToken(token: string): Credential {
  const inUse = toCredential(token);
  return { cookies: "omit", take: () => Promise.resolve(inUse) };
}

/** Asks for a token when the one in hand is about to end; those who ask at the same time share the answer. */
export function createTokenSource({ getToken, renewSeconds, runtime }: TokenSourceOptions): Credential {
  let held: HeldToken | undefined;
  let renewal: Renewal | undefined;
  let lastIssuedAt: unknown;
  let replacedAtMs = Number.NEGATIVE_INFINITY;
  const renewMs = renewSeconds * 1_000;

  async function ask(signal: AbortSignal): Promise<HeldToken> {
    let text: string | undefined;
    try {
      text = await getToken({ signal });
    } catch (cause) {
      // From the client of a control plane: its own words say more.
      if (isClientError(cause)) throw cause;
      throw new ConnectionFault("no-token", '"getToken" failed, so nothing was sent', { cause });
    }
    if (text !== undefined) requireToken(text);
    const claims = parseClaims(text?.split(".")[1] ?? "");
    const endsAtMs = readEnd(claims, { nowMs: runtime.clock(), renewMs, lastIssuedAt });
    lastIssuedAt = claims["iat"];
    return { text, endsAtMs };
  }

  function begin(): Renewal {
    const stop = new AbortController();
    return { answer: ask(stop.signal), stop, waiting: 0 };
  }

  /** One that nobody waits for any more is forgotten: it may never be answered. */
  async function share(signal: AbortSignal): Promise<HeldToken> {
    const shared = (renewal ??= begin());
    shared.waiting += 1;
    const leave = () => {
      shared.waiting -= 1;
      if (shared.waiting > 0) return;
      if (renewal === shared) renewal = undefined;
      shared.stop.abort();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      const token = await shared.answer;
      if (renewal === shared) held = token;
      return token;
    } finally {
      if (renewal === shared) renewal = undefined;
      signal.removeEventListener("abort", leave);
    }
  }

  const isUsable = (token: HeldToken) =>
    token.text !== undefined && token.endsAtMs - runtime.clock() > renewMs;

  return {
    cookies: "omit",
    async take(signal) {
      const token = held !== undefined && isUsable(held) ? held : await share(signal);
      return toCredential(token.text);
    },
    async renew(refused, signal) {
      if (refused.secrets.length === 0) return false;
      const current = held?.text;
      // Another request may have renewed it meanwhile.
      if (current !== undefined && !refused.secrets.includes(current)) return true;
      if (renewal === undefined) {
        if (Math.abs(runtime.clock() - replacedAtMs) < REPLACE_PAUSE_MS) return false;
        replacedAtMs = runtime.clock();
      }
      const { text } = await share(signal);
      return text !== undefined && !refused.secrets.includes(text);
    },
  };
}

function toCredential(token: string | undefined): CredentialInUse {
  if (token === undefined) return { headers: {}, secrets: [] };
  return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
}

/** Why a header cannot carry it, without a word of it; undefined where it can. A fetch that refuses it might repeat it in its error. */
export function describeUnsendable(token: unknown): string | undefined {
  if (typeof token !== "string") return "it is no text";
  if (token === "") return "it is empty, as a variable that is not set";
  if (/^bearer\s/i.test(token))
    return 'it begins with "Bearer", which the client adds itself: leave that out';
  if (/^\s|\s$/.test(token)) return "it begins or ends with white space or a line break: trim it";
  return /^[\x21-\x7e]{1,16384}$/.test(token) ? undefined : "it must be 1 to 16384 visible ASCII characters";
}

function requireToken(token: unknown): void {
  const problem = describeUnsendable(token);
  if (problem === undefined) return;
  throw new ConnectionFault("no-token", `"getToken" gave no token that can be sent: ${problem}`);
}

interface Clock {
  readonly nowMs: number;
  readonly renewMs: number;
  /** Of the token before: another one that ends at once, too, was not kept too long. */
  readonly lastIssuedAt: unknown;
}

/**
 * When a token ends, by this clock. Where it is over already, or is the second one in turn that ends at once, the clock is taken
 * to be wrong, not the token: its time counts from now on.
 */
function readEnd({ exp, iat }: Claims, { nowMs, renewMs, lastIssuedAt }: Clock): number {
  if (typeof exp !== "number") return Number.POSITIVE_INFINITY;
  const endsAtMs = exp * 1_000;
  if (typeof iat !== "number" || endsAtMs - nowMs > renewMs) return endsAtMs;
  const isAnother = lastIssuedAt !== undefined && lastIssuedAt !== iat;
  return endsAtMs > nowMs && !isAnother ? endsAtMs : nowMs + (exp - iat) * 1_000;
}

type Claims = Readonly<Record<string, unknown>>;

function parseClaims(segment: string): Claims {
  try {
    const bytes = Uint8Array.from(atob(segment.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    const claims = parseJson(new TextDecoder().decode(bytes))?.value;
    return isRecord(claims) ? claims : {};
  } catch {
    // No JWT: a security key, or a token of a service account.
    return {};
  }
}
