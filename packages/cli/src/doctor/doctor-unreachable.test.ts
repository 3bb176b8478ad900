/** Servers that are there and yet cannot be asked: silence, and every way in which TLS fails. Each must be named by its reason. */
import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createTestCertificate, type TestCertificate } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Context } from "../program/context.ts";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder, runCli } from "../program/spawn-cli.fixture.ts";
import { examineUrl } from "./examine-url.ts";

const INFO = JSON.stringify({ os_id: "agent-os", agno_version: "2.9.0", auth_mode: "jwt" });
const answer: RequestListener = (_, response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(INFO);

/** Its address without the scheme. However it behaves, the test ends with it. */
async function listen(server: Server): Promise<string> {
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Finding {
  readonly code: string;
  readonly sentence: string;
  readonly fix: string;
  readonly seenAt: readonly string[];
}

async function examine(
  url: string,
): Promise<{ readonly code: number | null; readonly findings: readonly Finding[] }> {
  const { stdout, code } = await runInProcess(["doctor", "--url", url, "--json"]);
  const report = JSON.parse(stdout) as {
    readonly places: readonly { readonly findings: readonly Finding[] }[];
  };
  return { code, findings: report.places.flatMap(({ findings }) => findings) };
}

describe("silence", () => {
  const context: Context = {
    env: {},
    workingDirectory: ".",
    terminal: {
      print: () => undefined,
      printPart: () => undefined,
      note: () => undefined,
      paint: (_, text) => text,
      paintNote: (_, text) => text,
    },
    readStandardInput: () => Promise.resolve(""),
    openPrompt: () => {
      throw new Error("nobody types anything");
    },
    confirm: () => Promise.resolve(undefined),
    now: () => Date.now() / 1_000,
    cli: "agentos",
    finish: () => undefined,
  };
  const requests = [{ method: "GET", path: "/agents", matched: undefined }];
  const ask = (address: string, token?: string) =>
    examineUrl(`http://${address}`, { requests, token, checked: undefined, timeoutMs: 200 }, context);

  it.each([
    ["never answers", createTcpServer(() => undefined)],
    [
      "begins an answer and never ends it",
      createServer((_, response) => void response.writeHead(200).write("{")),
    ],
  ])("is named for a server that %s", async (_, server) => {
    const { findings } = await ask(await listen(server));
    expect(findings).toMatchObject([{ code: "CLI_SERVER_SLOW", level: "error" }]);
    expect(findings[0]?.sentence).toContain("within 0.2 seconds");
  });

  it.each([
    ["without a token", undefined, ["GET /agents without a token"]],
    ["with one", "a.b.c", ["GET /agents with the token"]],
  ])("of one route is named %s", async (_, token, seenAt) => {
    const address = await listen(
      createServer((request, response) => {
        if (request.url !== "/agents") answer(request, response);
      }),
    );
    const { findings } = await ask(address, token);
    expect(findings).toMatchObject([{ code: "CLI_SERVER_SLOW", seenAt }]);
  });
});

describe("TLS", () => {
  const now = Date.now() / 1_000;
  const authority = createTestCertificate({ names: [] });
  const good = createTestCertificate({ issuer: authority });
  const other = createTestCertificate({ issuer: authority, names: ["other.test"] });
  const serve = async ({ certificate, privateKey }: TestCertificate) =>
    `https://${await listen(createTlsServer({ cert: certificate, key: privateKey }, answer))}`;

  async function expectReason(url: string, reason: string, fix: string): Promise<void> {
    const { code, findings } = await examine(url);
    expect(findings).toMatchObject([{ code: "CLI_SERVER_UNREACHABLE" }]);
    // Words only: the code of a system's error says nothing to most people.
    expect(findings[0]?.sentence).toBe(`the server at this address cannot be asked: ${reason}`);
    expect(findings[0]?.fix).toContain(fix);
    expect(code).toBe(1);
  }

  it.each([
    ["self-signed", createTestCertificate(), "its certificate is self-signed", "NODE_EXTRA_CA_CERTS"],
    [
      "of an unknown authority",
      good,
      "its certificate is from an unknown authority, or sent without those in between",
      "NODE_EXTRA_CA_CERTS",
    ],
    [
      "expired",
      createTestCertificate({ validFrom: now - 7_200, validUntil: now - 3_600 }),
      "its certificate has expired",
      "renew",
    ],
    [
      "not valid yet",
      createTestCertificate({ validFrom: now + 3_600, validUntil: now + 7_200 }),
      "its certificate is not valid yet",
      "clock",
    ],
  ])("names a certificate that is %s", async (_, certificate, reason, fix) =>
    expectReason(await serve(certificate), reason, fix),
  );

  it("names a certificate for another name, once its authority is trusted", async () => {
    const before = getCACertificates("default");
    onTestFinished(() => setDefaultCACertificates(before));
    setDefaultCACertificates([...before, authority.certificate]);
    const reason = "its certificate is for another name than the one in the address";
    await expectReason(await serve(other), reason, "use the name that the certificate is for");
    expect(await examine(await serve(good))).toMatchObject({ code: 4, findings: [] });
  });

  it("trusts what NODE_EXTRA_CA_CERTS names, as the fix says", { timeout: 60_000 }, async () => {
    const file = join(makeFolder(), "authority.pem");
    writeFileSync(file, authority.certificate);
    const url = await serve(good);
    expect(await runCli(["doctor", "--url", url])).toMatchObject({ code: 1 });
    const env = { NODE_EXTRA_CA_CERTS: file };
    expect(await runCli(["doctor", "--url", url], { env })).toMatchObject({ code: 4 });
  });

  it("names http behind https, and https behind http", async () => {
    const plain = await listen(createServer(answer));
    await expectReason(`https://${plain}`, "it does not speak TLS", "is it http, not https?");
    expect(await examine(`http://${plain}`)).toMatchObject({ code: 4 });
    const tls = await serve(good);
    const overHttp = tls.replace("https:", "http:");
    await expectReason(overHttp, "the connection was cut", "is it https, not http?");
  });
});

describe("another service", () => {
  it("is named by what it does not speak", async () => {
    const shell = createTcpServer((socket) => void socket.on("error", () => undefined).end("SSH-2.0-x\r\n"));
    const { findings } = await examine(`http://${await listen(shell)}`);
    expect(findings).toMatchObject([{ code: "CLI_SERVER_UNREACHABLE" }]);
    expect(findings[0]?.sentence).toContain("what answers does not speak HTTP");
    expect(findings[0]?.fix).toContain("another service");
  });

  it("on a port that web clients never connect to is named as that", async () => {
    const { findings } = await examine("http://127.0.0.1:6000");
    expect(findings[0]?.sentence).toContain("web clients never connect to this port");
  });
});
