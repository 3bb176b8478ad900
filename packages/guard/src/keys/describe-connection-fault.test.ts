import { describe, expect, it } from "vitest";
import { describeConnectionFault } from "./describe-connection-fault.ts";

const withCode = (code: string) => Object.assign(new Error("at https://secret.test"), { code });
/** As fetch rejects. */
const failed = (cause: unknown) => new TypeError("fetch failed", { cause });

describe("describeConnectionFault", () => {
  it.each([
    ["ECONNREFUSED", "other", "nothing answers at this host and port, the connection is refused"],
    ["EAI_AGAIN", "other", "the host name cannot be resolved at the moment"],
    ["ECONNRESET", "closed", "the connection was cut"],
    ["EPIPE", "closed", "the connection was cut"],
    ["ETIMEDOUT", "timeout", "no connection could be made in time"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout", "no connection could be made in time"],
    // What has no words of its own keeps its code, for a search engine.
    ["CERT_CHAIN_TOO_LONG", "other", "its certificate is not accepted (CERT_CHAIN_TOO_LONG)"],
    ["INVALID_PURPOSE", "other", "its certificate is not accepted (INVALID_PURPOSE)"],
    ["ERR_SSL_BAD_SIGNATURE", "other", "no TLS connection could be made (ERR_SSL_BAD_SIGNATURE)"],
    ["EMFILE", "other", "EMFILE"],
  ])("knows %s", (code, kind, reason) => {
    expect(describeConnectionFault(failed(withCode(code)))).toMatchObject({ kind, reason });
  });

  it.each([
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", /no version of TLS/, /TLS 1\.2 or 1\.3/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", /certificate of the client/, /wants none/],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", /does not speak TLS/, /http, not https/],
    ["CERT_REVOKED", /revoked/, /new certificate/],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", /unknown authority/, /NODE_EXTRA_CA_CERTS/],
  ])("knows %s and what to do", (code, reason, fix) => {
    const fault = describeConnectionFault(failed(withCode(code)));
    expect(fault.reason).toMatch(reason);
    expect(fault.fix).toMatch(fix);
    expect(fault.reason).not.toContain(code);
  });

  it("takes the first of the attempts at several addresses", () => {
    const attempts = [withCode("EHOSTUNREACH"), withCode("ECONNREFUSED")];
    expect(describeConnectionFault(failed(new AggregateError(attempts, "x")))).toMatchObject({
      kind: "other",
      reason: "the host cannot be reached",
    });
  });

  it("says what answers something that is not HTTP", () => {
    const cause = Object.assign(new Error("Expected HTTP/"), { name: "HTTPParserError" });
    expect(describeConnectionFault(failed(cause))).toMatchObject({
      reason: "what answers does not speak HTTP",
      fix: expect.stringContaining("https") as string,
    });
  });

  it.each([
    ["no error", "https://secret.test"],
    ["no cause", new TypeError("https://secret.test")],
    ["a cause without a code", failed(new Error("https://secret.test"))],
    ["a cause whose code is a text", failed(withCode("at https://secret.test"))],
  ])("quotes nothing of %s", (_, error) => {
    expect(describeConnectionFault(error)).toEqual({ kind: "other", reason: "the request failed" });
  });
});
