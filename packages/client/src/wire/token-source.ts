/**
 * The token of a client, renewed before it ends. Nothing here is verified: when a token ends is read from it to spare a
 * request, and the server alone decides.
 */
import { isRecord } from "@agentos/contract";
import { ConnectionFault, isClientError } from "./client-errors.ts";
import type { Credential, CredentialInUse } from "./credential.ts";
import { parseJson } from "./read-body.ts";
import type { ClientRuntime } from "./runtime.ts";

/** Gives a token, or undefined where there is none: the request is sent without. */
export type GetToken = () => string | undefined | Promise<string | undefined>;

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

/** One token for a client that does not renew it. */
export function createFixedToken(token: string): Credential {
  const inUse = toCredential(token);
  return { cookies: "omit", take: () => Promise.resolve(inUse) };
}

/** Asks for a token when the one in hand is about to end; those who ask at the same time share the answer. */
export function createTokenSource({ getToken, renewSeconds, runtime }: TokenSourceOptions): Credential {
  let held: HeldToken | undefined;
  let renewal: Promise<HeldToken> | undefined;

  async function ask(): Promise<HeldToken> {
    let text: string | undefined;
    try {
      text = await getToken();
    } catch (cause) {
      // From the client of a control plane: its own words say more.
      if (isClientError(cause)) throw cause;
      throw new ConnectionFault("no-token", '"getToken" failed, so nothing was sent', { cause });
    }
    if (text !== undefined) requireToken(text);
    return { text, endsAtMs: readEnd(text, runtime.clock()) };
  }

  function share(): Promise<HeldToken> {
    renewal ??= ask()
      .then((token) => {
        held = token;
        return token;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  }

  const isUsable = (token: HeldToken) =>
    token.text !== undefined && token.endsAtMs - runtime.clock() > renewSeconds * 1_000;

  return {
    cookies: "omit",
    async take() {
      const token = held !== undefined && isUsable(held) ? held : await share();
      return toCredential(token.text);
    },
    async renew(ended) {
      const current = held?.text;
      // Another request may have renewed it meanwhile.
      if (current !== undefined && !ended.secrets.includes(current)) return true;
      const { text } = await share();
      return text !== undefined && !ended.secrets.includes(text);
    },
  };
}

function toCredential(token: string | undefined): CredentialInUse {
  if (token === undefined) return { headers: {}, secrets: [] };
  return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
}

/** What a header can carry: a fetch that refuses it might repeat it in its error. */
export function isSendable(token: string): boolean {
  return /^[\x21-\x7e]{1,16384}$/.test(token);
}

function requireToken(token: unknown): void {
  if (typeof token === "string" && isSendable(token)) return;
  throw new ConnectionFault(
    "no-token",
    '"getToken" gave no token that can be sent: it must be 1 to 16384 visible ASCII characters',
  );
}

/** When a token ends, by this clock. Of one that seems to have ended already the clock is taken to be wrong, not the token. */
function readEnd(token: string | undefined, nowMs: number): number {
  const claims = parseClaims(token?.split(".")[1] ?? "");
  const { exp, iat } = claims;
  if (typeof exp !== "number") return Number.POSITIVE_INFINITY;
  if (exp * 1_000 > nowMs || typeof iat !== "number") return exp * 1_000;
  return nowMs + (exp - iat) * 1_000;
}

function parseClaims(segment: string): Readonly<Record<string, unknown>> {
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
