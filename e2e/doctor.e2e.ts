// The command as a process of its own: what it sends, to whom, and what its exit status stands for.
import { spawn } from "node:child_process";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { createTestKey, goodToken, signToken, type TestKey, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { command } from "./support/command.ts";
import { type Served, serve } from "./support/serve.ts";

/** An address of this machine that is not its loopback, as another machine's would be. */
const OTHER = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [command.file, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: command.compileCache, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.end();
  return new Promise((resolve) => void child.on("close", (code) => resolve({ code, stdout, stderr })));
}

let key: TestKey;
let served: Served;
let token: string;
const sign = (parts: Parameters<typeof signToken>[0]) => signToken(parts);
const good = () =>
  goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: ["agents:read", "agents:run"] });

beforeAll(async () => {
  key = await createTestKey("RS256");
  served = await serve({ id: "agent-os", authorizationConfig: { verificationKeys: [key.verificationKey] } });
  token = await sign(good());
});

const address = () => `http://127.0.0.1:${served.port}`;

describe("the token on its way", () => {
  /** A server that notes what it is sent, on every address of this machine. */
  async function listen(): Promise<{ readonly port: number; readonly seen: IncomingHttpHeaders[] }> {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      const body = request.url === "/info" ? { os_id: "agent-os", auth_mode: "jwt" } : { status: "ok" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => void server.listen(0, "0.0.0.0", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    return { port: (server.address() as AddressInfo).port, seen };
  }

  test.runIf(OTHER !== undefined)(
    "never crosses to another machine in plain text, with or without a scheme",
    async () => {
      const { port, seen } = await listen();
      const env = { TOKEN: token };
      for (const target of [`${OTHER}:${port}`, `http://${OTHER}:${port}`]) {
        for (const args of [
          ["doctor", target],
          ["doctor", "--url", target],
          ["denials", "list", "--url", target],
        ]) {
          const { code, stdout, stderr } = await run([...args, "--token", "env:TOKEN"], env);
          expect(code, stdout + stderr).not.toBe(0);
        }
        expect((await run(["token", "explain", "env:TOKEN", "--url", target], env)).code).not.toBe(0);
      }
      expect(seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);

      // The twins: this machine, and another one where that is said to be fine.
      await run(["doctor", `127.0.0.1:${port}`, "--token", "env:TOKEN"], env);
      expect(seen.at(-1)?.authorization).toBe(`Bearer ${token}`);
      seen.length = 0;
      await run(["doctor", `http://${OTHER}:${port}`, "--token", "env:TOKEN", "--insecure-http"], env);
      expect(seen.at(-1)?.authorization).toBe(`Bearer ${token}`);
    },
  );

  test.runIf(OTHER !== undefined)(
    "is not in what is sent to a host without a scheme: that begins with TLS",
    async () => {
      const seen: Buffer[] = [];
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (data) => {
          seen.push(data);
          socket.destroy();
        });
      });
      await new Promise<void>((resolve) => void server.listen(0, "0.0.0.0", resolve));
      onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
      const { port } = server.address() as AddressInfo;
      expect((await run(["doctor", `${OTHER}:${port}`, "--token", "env:TOKEN"], { TOKEN: token })).code).toBe(
        1,
      );
      expect(seen.length).toBeGreaterThan(0);
      // 22: a TLS handshake.
      for (const data of seen) expect(data[0]).toBe(22);
    },
  );
});

describe("exit status 0", () => {
  const post = ["--route", "POST /agents/shop/runs"];

  test("means that the server let a request with this token in", async () => {
    const { code, stdout } = await run(["doctor", address(), "--token", "env:TOKEN"], { TOKEN: token });
    expect([code, stdout]).toEqual([0, expect.stringContaining("accepted: the server let the token in")]);
  });

  const cases: readonly (readonly [
    name: string,
    args: readonly string[],
    token: () => Promise<string>,
    code: number,
  ])[] = [
    ["a token of another key", post, async () => sign({ ...good(), key: await createTestKey("RS256") }), 2],
    ["a wrong audience", post, () => sign(withClaims(good(), { aud: "bank" })), 2],
    ["the path prefix of a proxy", ["--route", "GET /api/agents"], () => Promise.resolve(token), 1],
    ["a route that was not asked", post, () => Promise.resolve(token), 4],
  ];
  test.each(cases)("is never that of %s", async (_, args, credential, expected) => {
    const env = { TOKEN: await credential() };
    const { code, stdout } = await run(["doctor", "--url", address(), "--token", "env:TOKEN", ...args], env);
    expect(code, stdout).toBe(expected);
    expect(stdout).not.toMatch(/nothing found|^accepted/m);
  });
});

test("a refusal is followed from the curl line to the answer, and from the answer to the record", async () => {
  const old = await sign(withClaims(good(), { iat: 1_000, exp: 2_000 }));
  const curl = `curl -X POST ${address()}/agents/shop/runs -H "Authorization: Bearer $OLD" -F message=hi`;
  const byLine = await run(["doctor", curl, "--token", "env:OLD"], { OLD: old });
  expect([byLine.code, byLine.stdout]).toEqual([2, expect.stringContaining("AUTH_TOKEN_EXPIRED")]);

  const answer = await fetch(`${address()}/agents`, { headers: { authorization: `Bearer ${old}` } });
  const body = await answer.text();
  const byBody = await run(["doctor", body]);
  expect([byBody.code, byBody.stdout]).toEqual([2, expect.stringContaining("AUTH_TOKEN_EXPIRED")]);

  const { denial_id: id } = JSON.parse(body) as { readonly denial_id: string };
  const env = {
    TOKEN: await sign(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: ["authz:read"] })),
  };
  const byRecord = await run(["doctor", id, "--url", address(), "--token", "env:TOKEN"], env);
  expect([byRecord.code, byRecord.stdout]).toEqual([2, expect.stringContaining("AUTH_TOKEN_EXPIRED")]);
  const shown = await run(["denials", "show", id, "--url", address(), "--token", "env:TOKEN"], env);
  expect([shown.code, shown.stderr]).toEqual([0, ""]);
  expect(shown.stdout).toMatch(/✗ expiration\s+failed/);
  const listed = await run(["denials", "list", "--url", address(), "--token", "env:TOKEN"], env);
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(id)]);
  const explained = await run(["errors", "AUTH_TOKEN_EXPIRED"]);
  expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining("get a new token")]);
  for (const { stdout, stderr } of [byLine, byBody, byRecord, shown, listed])
    expect(stdout + stderr).not.toContain(old.split(".")[2]);
});
