/** Asks a running server: no redirects, five seconds, a small answer, and never another address than the one given. */
import { systemCode } from "../failure.ts";
import { type Answered, type Ask, type Asked, isSendable, parseObject, readBounded } from "./ask.ts";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** What the system calls a failed connection, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused: nothing listens there",
  ENOTFOUND: "the name cannot be resolved",
  EAI_AGAIN: "the name cannot be resolved at the moment",
  ECONNRESET: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  EPROTO: "it does not speak TLS; with http instead of https?",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; with http instead of https?",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS; with http instead of https?",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed; NODE_EXTRA_CA_CERTS can name the authority",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an unknown authority; NODE_EXTRA_CA_CERTS can name it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is from an unknown authority; NODE_EXTRA_CA_CERTS can name it",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is from an unknown authority; NODE_EXTRA_CA_CERTS can name it",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** Makes the asking of one base URL. */
export function askUrl(base: string, now: () => number): Ask {
  return async ({ path, token }): Promise<Asked> => {
    if (token !== undefined && !isSendable(token)) return { kind: "not sendable" };
    const askedAt = now();
    const started = performance.now();
    try {
      const response = await fetch(`${base}${path}`, {
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          accept: "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      const text = await readBounded(response, MAX_ANSWER_BYTES);
      return toAnswer(response, text, { askedAt, milliseconds: Math.round(performance.now() - started) });
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError")
        return { kind: "fault", code: "CLI_SERVER_SLOW", facts: { seconds: TIMEOUT_MS / 1_000 } };
      return { kind: "fault", code: "CLI_SERVER_UNREACHABLE", facts: { reason: describeFailure(error) } };
    }
  };
}

function describeFailure(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  // A name with several addresses fails with one error for each.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : error;
  const code = systemCode(first) ?? systemCode(error);
  if (code !== undefined) return REASONS[code] ?? code;
  return cause instanceof Error && cause.message === "bad port"
    ? "web clients never connect to this port"
    : "the connection failed";
}

/** The parts of a response that are looked at. */
export function toAnswer(
  response: Response,
  text: string,
  times: Pick<Answered, "askedAt" | "milliseconds">,
): Answered {
  const date = Date.parse(response.headers.get("date") ?? "");
  return {
    kind: "answer",
    status: response.status,
    body: parseObject(text),
    serverTime: Number.isNaN(date) ? undefined : date / 1_000,
    ...times,
  };
}
