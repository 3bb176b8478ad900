import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { createTestCertificate, type TestCertificate } from "@agentos/testkit";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { createFetchDocument } from "./fetch-key-document.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
const name = { document: "key set", host: "issuer.test" };

afterEach(async () => {
  const closing = servers.splice(0).map((server) => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  });
  await Promise.all(closing);
});

async function serve(
  handler: Handler,
): Promise<{ readonly url: string; readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/jwks`, requests };
}

const fetchDocument = createFetchDocument({ maxBytes: 10_000, timeoutMs: 5_000 });

const json =
  (body: string, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "application/json", ...headers }).end(body);

describe("a document", () => {
  it("comes with its ETag and how long it may be used", async () => {
    const headers = { etag: '"1"', "cache-control": "max-age=60", age: "7" };
    const { url, requests } = await serve(json('{"keys":[]}', headers));
    expect(await fetchDocument(url, { name })).toEqual({
      ok: true,
      value: {
        kind: "document",
        text: '{"keys":[]}',
        etag: '"1"',
        cacheControl: "max-age=60",
        ageSeconds: 7,
      },
    });
    const { accept, cookie, authorization } = requests[0]?.headers ?? {};
    expect([accept, cookie, authorization]).toEqual([
      "application/jwk-set+json, application/json;q=0.9",
      undefined,
      undefined,
    ]);
    expect(requests[0]?.headers["if-none-match"]).toBeUndefined();
  });

  it("is not sent again when its ETag still holds", async () => {
    const { url, requests } = await serve((_, response) => {
      response.writeHead(304, { "cache-control": "max-age=90" }).end();
    });
    expect(await fetchDocument(url, { etag: '"1"', name })).toEqual({
      ok: true,
      value: {
        kind: "not-modified",
        cacheControl: "max-age=90",
      },
    });
    expect(requests[0]?.headers["if-none-match"]).toBe('"1"');
  });

  it.each(["application/jwk-set+json", "text/plain", "application/octet-stream", undefined])(
    "is taken with the media type %s, which issuers use",
    async (type) => {
      const { url } = await serve((_, response) => {
        if (type !== undefined) response.setHeader("content-type", type);
        response.end("{}");
      });
      expect(await fetchDocument(url, { name })).toMatchObject({
        ok: true,
        value: { kind: "document", text: "{}" },
      });
    },
  );

  it("may be exactly as large as allowed", async () => {
    const { url } = await serve(json("x".repeat(10_000)));
    expect(await fetchDocument(url, { name })).toMatchObject({
      ok: true,
      value: { kind: "document", text: "x".repeat(10_000) },
    });
  });
});

describe("an answer that is no document", () => {
  it.each([301, 302, 303, 307, 308])("%i is not followed", async (status) => {
    const elsewhere = await serve(json("{}"));
    const { url } = await serve((_, response) => {
      response.writeHead(status, { location: elsewhere.url }).end();
    });
    expect(await fetchDocument(url, { name })).toEqual({
      ok: false,
      fault: { severity: "error", code: "KEY_SOURCE_REDIRECT", facts: { ...name, status } },
    });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it.each([204, 401, 403, 404, 429, 500, 503])("%i is named", async (status) => {
    const { url } = await serve((_, response) => void response.writeHead(status).end());
    expect(await fetchDocument(url, { name })).toMatchObject({
      ok: false,
      fault: { severity: "error", code: "KEY_SOURCE_STATUS", facts: { ...name, status } },
    });
  });

  it.each(["text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml"])(
    "%s is a web page",
    async (type) => {
      const { url } = await serve(json("<html>secret page</html>", { "content-type": type }));
      expect(await fetchDocument(url, { name })).toEqual({
        ok: false,
        fault: { severity: "error", code: "KEY_SOURCE_WEB_PAGE", facts: name },
      });
    },
  );
});

describe("size", () => {
  const tooLarge = {
    ok: false,
    fault: { severity: "error", code: "KEY_SOURCE_TOO_LARGE", facts: { ...name, limit: 10_000 } },
  };

  it("one byte more than allowed is too much", async () => {
    const { url } = await serve(json("x".repeat(10_001)));
    expect(await fetchDocument(url, { name })).toEqual(tooLarge);
  });

  it("an answer without end is cut off at the limit", async () => {
    let closed: () => void = () => undefined;
    const cutOff = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await serve((_, response) => {
      response.on("close", closed);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(1_000)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    expect(await fetchDocument(url, { name })).toEqual(tooLarge);
    await cutOff;
  });

  it("counts what comes out of a compressed answer, which was not asked for", async () => {
    const bomb = gzipSync("x".repeat(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const { url, requests } = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
    });
    expect(await fetchDocument(url, { name })).toEqual(tooLarge);
    expect(requests[0]?.headers["accept-encoding"]).toBe("identity");
    const small = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("{}"));
    });
    expect(await fetchDocument(small.url, { name })).toMatchObject({
      ok: true,
      value: { kind: "document", text: "{}" },
    });
  });
});

describe("time", () => {
  const patient = createFetchDocument({ timeoutMs: 100 });
  const timeout = {
    ok: false,
    fault: { severity: "error", code: "KEY_SOURCE_TIMEOUT", facts: { ...name, seconds: 0.1 } },
  };

  it("ends a wait for the first byte", async () => {
    const { url } = await serve(() => undefined);
    expect(await patient(url, { name })).toEqual(timeout);
  });

  it("ends an answer that trickles", async () => {
    const { url } = await serve((_, response) => void response.writeHead(200).write("{"));
    expect(await patient(url, { name })).toEqual(timeout);
  });
});

describe("an address", () => {
  it("where nothing listens is named as such", async () => {
    const { url } = await serve(json("{}"));
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await fetchDocument(url, { name })).toEqual({
      ok: false,
      fault: {
        severity: "error",
        code: "KEY_SOURCE_UNREACHABLE",
        facts: {
          ...name,
          reason: "nothing answers at this host and port, the connection is refused",
          suggestion: expect.stringContaining("correct host and port") as string,
        },
      },
    });
  });

  it("whose connection is cut is named as such", async () => {
    const { url } = await serve((request) => request.socket.destroy());
    expect(await fetchDocument(url, { name })).toMatchObject({
      ok: false,
      fault: {
        severity: "error",
        code: "KEY_SOURCE_UNREACHABLE",
        facts: { ...name, reason: "the connection was cut" },
      },
    });
  });

  it("without TLS behind https is not read as plain text", async () => {
    const { url, requests } = await serve(json("{}"));
    expect(await fetchDocument(url.replace("http:", "https:"), { name })).toEqual({
      ok: false,
      fault: {
        severity: "error",
        code: "KEY_SOURCE_UNREACHABLE",
        facts: {
          ...name,
          reason: "it does not speak TLS",
          suggestion: "check scheme and port: is it http, not https?",
        },
      },
    });
    expect(requests).toEqual([]);
  });

  it.each(["http://127.0.0.1:6000/jwks", "https://issuer.test:25/jwks"])(
    "with a port that web clients never connect to is named as such: %s",
    async (url) => {
      expect(await fetchDocument(url, { name })).toEqual({
        ok: false,
        fault: {
          severity: "error",
          code: "KEY_SOURCE_UNREACHABLE",
          facts: {
            ...name,
            reason: "web clients never connect to this port",
            suggestion: "use another port",
          },
        },
      });
    },
  );

  it("whose name cannot be resolved is named as such", async () => {
    expect(await fetchDocument("https://no-such-host.invalid/jwks", { name })).toMatchObject({
      ok: false,
      fault: {
        severity: "error",
        code: "KEY_SOURCE_UNREACHABLE",
        facts: expect.objectContaining({
          ...name,
          reason: expect.stringMatching(/^the host name cannot be resolved/) as string,
        }) as object,
      },
    });
  });

  it.each([
    "http://issuer.test/jwks",
    "http://10.0.0.1/jwks",
    "http://127.0.0.1.nip.test/jwks",
    "https://user:pass@127.0.0.1/jwks",
    "file:///etc/passwd",
    "data:application/json,{}",
    "no address",
  ])("%s is refused without a request, and not quoted", async (url) => {
    const result = await fetchDocument(url, { name });
    expect(result).toMatchObject({ ok: false, fault: { severity: "error", code: "KEY_URL_REFUSED" } });
    expect(JSON.stringify(result)).not.toContain(url);
  });

  it("never shows up in a fault, nor does anything of an answer", async () => {
    const { url } = await serve(json("secret text", { "content-type": "text/html" }));
    const closed = await fetchDocument(url.replace("127.0.0.1", "localhost"), { name });
    expect(JSON.stringify([await fetchDocument(url, { name }), closed])).not.toMatch(
      /secret|127\.0|localhost/,
    );
  });
});

/** What was found, and behind the first semicolon what to do. */
function said(text: string): { readonly reason: string; readonly suggestion: string } {
  const [reason = "", ...rest] = text.split("; ");
  return { reason, suggestion: rest.join("; ") };
}

describe("a certificate", () => {
  const now = Date.now() / 1_000;
  const authority = createTestCertificate({ names: [] });
  const good = createTestCertificate({ issuer: authority });
  const SELF_SIGNED =
    "its certificate is self-signed; to trust it, set NODE_EXTRA_CA_CERTS to its PEM file before the start";
  const UNKNOWN =
    "its certificate is from an unknown authority, or sent without those in between; let it send the whole chain; to trust the authority, set NODE_EXTRA_CA_CERTS to its PEM file before the start";

  async function serveTls({ certificate, privateKey }: TestCertificate, chain = ""): Promise<string> {
    const options = { cert: certificate + chain, key: privateKey };
    const server = createTlsServer(options, json("{}"));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  }

  /** As NODE_EXTRA_CA_CERTS does for a process. */
  function trust({ certificate }: TestCertificate): void {
    const before = getCACertificates("default");
    onTestFinished(() => setDefaultCACertificates(before));
    setDefaultCACertificates([...before, certificate]);
  }

  it.each([
    ["is self-signed", createTestCertificate(), SELF_SIGNED],
    ["is of an unknown authority", good, UNKNOWN],
    [
      "has expired",
      createTestCertificate({ validFrom: now - 7_200, validUntil: now - 3_600 }),
      "its certificate has expired; renew the certificate where that server runs",
    ],
    [
      "is not valid yet",
      createTestCertificate({ validFrom: now + 3_600, validUntil: now + 7_200 }),
      "its certificate is not valid yet; compare the clock of this machine with that of the server; one of them may be wrong",
    ],
  ])("that %s is named as such", async (_, certificate, reason) => {
    expect(await fetchDocument(await serveTls(certificate), { name })).toEqual({
      ok: false,
      fault: { severity: "error", code: "KEY_SOURCE_UNREACHABLE", facts: { ...name, ...said(reason) } },
    });
  });

  it("that comes with its unknown authority is named as such", async () => {
    expect(await fetchDocument(await serveTls(good, authority.certificate), { name })).toMatchObject({
      ok: false,
      fault: { facts: { ...name, ...said(UNKNOWN) } },
    });
  });

  it("of a trusted authority must be for the name in the address", async () => {
    trust(authority);
    expect(await fetchDocument(await serveTls(good), { name })).toMatchObject({
      ok: true,
      value: { kind: "document", text: "{}" },
    });
    const other = createTestCertificate({ issuer: authority, names: ["other.test"] });
    const result = await fetchDocument(await serveTls(other), { name });
    expect(result).toMatchObject({
      ok: false,
      fault: {
        severity: "error",
        code: "KEY_SOURCE_UNREACHABLE",
        facts: {
          reason: "its certificate is for another name than the one in the address",
          suggestion: "use the name that the certificate is for, or get a certificate for this one",
        },
      },
    });
    expect(JSON.stringify(result)).not.toContain("other.test");
  });
});
