/** Asks a running server: no redirects, five seconds, a small answer, and never another address than the one given. */

import { type CredentialLocation } from "@agentos/guard";
import { describeConnectionFault } from "@agentos/guard/app";
import { type Ask, type Asked, readBounded, toAnswer } from "./ask.ts";
import { AUTHORIZATION_HEADER, credentialHeaders, isSendable } from "./credential-location.ts";

export interface AskUrlOptions {
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Where the server reads the token. Default: the header "Authorization". */
  readonly location?: CredentialLocation | undefined;
  /** For each answer as a whole. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

const MAX_ANSWER_BYTES = 256 * 1024;
const MAYBE_HTTPS =
  "check scheme and port: is it https, not http? Else look into the log of the server, or of a proxy before it";

/** Makes the asking of one base URL. */
export function askUrl(base: string, options: AskUrlOptions): Ask {
  const { now, location = AUTHORIZATION_HEADER, timeoutMs = 5_000 } = options;
  return async ({ path, token }): Promise<Asked> => {
    if (token !== undefined && !isSendable(token, location)) return { kind: "not sendable" };
    const askedAt = now();
    const started = performance.now();
    try {
      const response = await fetch(`${base}${path}`, {
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: "application/json",
          ...(token === undefined ? {} : credentialHeaders(token, location)),
        },
      });
      const body = await readBounded(response, MAX_ANSWER_BYTES);
      return toAnswer(response, body, { askedAt, milliseconds: Math.round(performance.now() - started) });
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError")
        return { kind: "fault", code: "CLI_SERVER_SLOW", facts: { seconds: timeoutMs / 1_000 } };
      const { kind, reason, fix } = describeConnectionFault(error);
      // A server of https hangs up when it is asked in plain HTTP.
      const suggestion = kind === "closed" && base.startsWith("http:") ? MAYBE_HTTPS : fix;
      const facts = { reason, ...(suggestion === undefined ? {} : { suggestion }) };
      return { kind: "fault", code: "CLI_SERVER_UNREACHABLE", facts };
    }
  };
}
