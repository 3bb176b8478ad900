/**
 * Why a connection came to nothing, in words, from the error that `fetch` rejects with. Only codes and names of errors
 * are read: the texts of the libraries below may hold addresses.
 */

export interface ConnectionFault {
  /** `timeout`: no connection in time. `closed`: the other side hung up. */
  readonly kind: "timeout" | "closed" | "other";
  /** One line for a person, without an address. */
  readonly reason: string;
  /** What to do, where that is more than to check address and network. */
  readonly fix?: string | undefined;
}

type Words = readonly [reason: string, fix?: string];

const NO_TLS: Words = ["it does not speak TLS", "check scheme and port: is it http, not https?"];
const OLD_TLS: Words = ["it speaks no version of TLS that is allowed here", "let it speak TLS 1.2 or 1.3"];
const UNKNOWN_AUTHORITY: Words = [
  "its certificate is from an unknown authority, or sent without those in between",
  "let it send the whole chain; to trust the authority, set NODE_EXTRA_CA_CERTS to its PEM file before the start",
];

const WORDS: Readonly<Record<string, Words>> = {
  ECONNREFUSED: [
    "nothing answers at this host and port, the connection is refused",
    "start what is to answer there, or correct host and port; in a container, localhost is the container itself",
  ],
  ENOTFOUND: ["the host name cannot be resolved", "correct the host name, or enter it in the DNS"],
  EAI_AGAIN: [
    "the host name cannot be resolved at the moment",
    "let this process reach a DNS server, then start again",
  ],
  EHOSTUNREACH: ["the host cannot be reached", "correct the host, or the route to it"],
  ENETUNREACH: ["the network cannot be reached", "connect this machine to the network of the host"],
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: OLD_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: OLD_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    "it wants a certificate of the client, and none is sent",
    "use an address that wants none",
  ],
  CERT_HAS_EXPIRED: ["its certificate has expired", "renew the certificate where that server runs"],
  CERT_NOT_YET_VALID: [
    "its certificate is not valid yet",
    "compare the clock of this machine with that of the server; one of them may be wrong",
  ],
  CERT_REVOKED: ["its certificate is revoked", "get a new certificate where that server runs"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "its certificate is for another name than the one in the address",
    "use the name that the certificate is for, or get a certificate for this one",
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "its certificate is self-signed",
    "to trust it, set NODE_EXTRA_CA_CERTS to its PEM file before the start",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
};

/** What has no code. */
const BAD_PORT: Words = ["web clients never connect to this port", "use another port"];
const NO_HTTP: Words = [
  "what answers does not speak HTTP",
  "check scheme and port: is it https, not http, or another service?",
];
const UNKNOWN: Words = ["the request failed"];

const CLOSED = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Describes what `fetch` rejected with. */
export function describeConnectionFault(error: unknown): ConnectionFault {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  // One attempt for each address of the host: the first says enough.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = codeOf(first) ?? codeOf(cause);
  if (code !== undefined && /TIMEDOUT|TIMEOUT/.test(code))
    return { kind: "timeout", reason: "no connection could be made in time" };
  if (code !== undefined && CLOSED.has(code)) return { kind: "closed", reason: "the connection was cut" };
  const [reason, fix] = code === undefined ? wordsWithoutCode(first) : (WORDS[code] ?? [describeRare(code)]);
  return { kind: "other", reason, ...(fix === undefined ? {} : { fix }) };
}

function wordsWithoutCode(cause: unknown): Words {
  if (!(cause instanceof Error)) return UNKNOWN;
  // What fetch refuses by itself, so that a web page cannot reach mail servers and the like (WHATWG Fetch section 2.9).
  if (cause.message === "bad port") return BAD_PORT;
  return cause.name === "HTTPParserError" ? NO_HTTP : UNKNOWN;
}

/** OpenSSL knows some hundred more; their names say more than "failed". */
function describeRare(code: string): string {
  if (/^ERR_(?:SSL|TLS)_|^EPROTO$/.test(code)) return `no TLS connection could be made (${code})`;
  const isCertificate = /CERT|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/.test(code);
  return isCertificate ? `its certificate is not accepted (${code})` : code;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^\w{2,60}$/.test(error.code)
    ? error.code
    : undefined;
}
