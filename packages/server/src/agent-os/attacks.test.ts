// What a security review found, each beside the twin that must go on working.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthGuard } from "@agentos/guard";
import type { CustomRoute } from "@agentos/guard/app";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";
import type { AgentOSOptions } from "./agent-os-options.ts";

const issuer = await createTestIssuer();
const agents = [new Agent({ id: "echo", model: "offline:echo" })];

function createOS(options: AgentOSOptions): AgentOS {
  return new AgentOS({
    database: null,
    id: TEST_OS_ID,
    agents,
    env: {},
    logger: createTestLogger(),
    ...options,
  });
}

const protect = (config: AgentOSOptions["authorizationConfig"] = {}, routes: readonly CustomRoute[] = []) =>
  createOS({ routes, authorizationConfig: { verificationKeys: [issuer.verificationKey], ...config } });

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

async function get(
  os: AgentOS,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  env?: object,
): Promise<Response> {
  return os.fetch(new Request(`http://localhost:7777${path}`, { headers }), env);
}

describe("a server that believes everybody", () => {
  const open = createOS({});
  const unverified = createOS({
    authorizationConfig: { validate: false, unsafe: { allowUnverifiedTokens: true } },
  });

  it.each([
    ["127.0.0.1", 200],
    ["::1", 200],
    ["::ffff:127.0.0.1", 200],
    ["203.0.113.9", 403],
    ["::ffff:203.0.113.9", 403],
  ])("answers the peer %s with %i, whatever Host it sends", async (address, status) => {
    expect((await get(open, "/config", {}, from(address))).status).toBe(status);
    const headers = await issuer.bearer({ scopes: ["config:read"] });
    expect((await get(unverified, "/config", headers, from(address))).status).toBe(status);
  });

  it.each(["x-forwarded-for", "x-real-ip", "forwarded", "via", "cf-connecting-ip", "x-forwarded-anything"])(
    "does not answer through a proxy (%s)",
    async (name) => {
      const answer = await get(open, "/config", { [name]: "203.0.113.9" }, from("127.0.0.1"));
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: "AUTH_PROXY_NOT_ALLOWED" }]);
    },
  );

  it("does not answer a page of another site", async () => {
    const own = from("127.0.0.1");
    expect((await get(open, "/config", { "sec-fetch-site": "cross-site" }, own)).status).toBe(403);
    expect((await get(open, "/config", { "sec-fetch-site": "same-origin" }, own)).status).toBe(200);
  });

  it("does not answer a caller of whom no address is known, whatever Host it names", async () => {
    const answer = await get(open, "/config", { host: "localhost" });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: "AUTH_PEER_UNKNOWN" }]);
    const { status } = await open.fetch(new Request("http://localhost/config"), {
      clientAddress: "127.0.0.1",
    });
    expect(status).toBe(200);
    const far = await open.fetch(new Request("http://localhost/config"), { clientAddress: "203.0.113.9" });
    expect(await far.json()).toMatchObject({ code: "AUTH_PEER_NOT_LOCAL" });
  });

  it("does not exist as a guard alone", async () => {
    const config = { validate: false, unsafe: { allowUnverifiedTokens: true } };
    const options = { authorizationConfig: config, env: {}, logger: createTestLogger() };
    await expect(createAuthGuard(options)).rejects.toMatchObject({
      faults: [{ code: "CONFIG_UNVERIFIED_BEYOND_LOOPBACK" }],
    });
  });
});

describe("a scope rule", () => {
  const files: CustomRoute = {
    method: "GET",
    path: "/files/{name}",
    access: "authenticated",
    handler: ({ parameters }) => Response.json(parameters),
  };

  it("means the same whether it is written with escapes or not", async () => {
    const os = protect({ scopeMappings: { "GET /files/caf%C3%A9": ["config:read"] } }, [files]);
    const headers = await issuer.bearer();
    expect((await get(os, "/files/caf%C3%A9", headers)).status).toBe(403);
    expect((await get(os, "/files/cafe", headers)).status).toBe(200);
  });

  it("with many wildcards is matched in linear time", async () => {
    const os = protect({ scopeMappings: { "GET /agents/*-*-*-*-prod": ["config:read"] } });
    const headers = await issuer.bearer({ scopes: ["agents:read"] });
    expect((await get(os, `/agents/${"-".repeat(3_000)}`, headers)).status).toBe(404);
    expect((await get(os, "/agents/a-b-c-d-prod", headers)).status).toBe(403);
  });
});

describe("a handler of the application", () => {
  const route = (path: `/${string}`, handler: CustomRoute["handler"]): CustomRoute => ({
    method: "GET",
    path,
    access: "authenticated",
    handler,
  });

  it.each<[string, CustomRoute["handler"]]>([
    [
      "throws a text",
      async () => {
        // oxlint-disable-next-line only-throw-error -- what a careless application does
        throw "a text";
      },
    ],
    ["throws an error", () => Promise.reject(new Error("secret detail"))],
    ["returns nothing", () => undefined as never],
  ])("that %s is a plain 500 with CORS, and fetch does not reject", async (_, handler) => {
    const os = protect({}, [route("/broken", handler)]);
    const headers = { ...(await issuer.bearer()), origin: "http://localhost:3000" };
    const answer = await get(os, "/broken", headers);
    expect(answer.status).toBe(500);
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect(await answer.text()).not.toContain("secret");
  });

  it("is reached at a fixed path beside one of ours with a parameter", async () => {
    const os = protect({}, [route("/agents/special", () => new Response("mine"))]);
    const headers = await issuer.bearer({ scopes: ["agents:read"] });
    expect(await (await get(os, "/agents/special", headers)).text()).toBe("mine");
    expect((await get(os, "/agents/echo", headers)).status).toBe(200);
  });

  it("cannot give its caller rights that the next request would have", async () => {
    const grab: CustomRoute["handler"] = ({ access }) => {
      const grants = access.identity.grants as unknown as Record<string, { set?: unknown; add?: unknown }>;
      return Response.json(
        [grants["wide"]?.set, grants["narrow"]?.set, grants["exact"]?.add].map((write) => typeof write),
      );
    };
    const os = protect({}, [route("/grab", grab)]);
    expect(await (await get(os, "/grab", await issuer.bearer())).json()).toEqual([
      "undefined",
      "undefined",
      "undefined",
    ]);
  });
});

describe("an issuer's published keys, set as a shared secret by mistake", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1" };
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const set = JSON.stringify({ keys: [jwk] });
  const modulus = Buffer.from(jwk.n ?? "", "base64url");
  const parts = [Buffer.from("ssh-rsa"), Buffer.of(1, 0, 1), Buffer.concat([Buffer.of(0), modulus])];
  const blob = Buffer.concat(
    parts.flatMap((part) => [Buffer.of(0, 0, part.length >> 8, part.length & 255), part]),
  );
  const yaml = Object.entries(jwk).map(([name, value]) => `${name}: ${value}`);
  const withSecret = (secret: string) =>
    createOS({ authorizationConfig: { algorithm: "HS256" }, env: { JWT_VERIFICATION_KEY: secret } });

  // Everybody can read what an issuer publishes, so everybody could sign a token with any of these.
  it.each([
    ["a JWKS as Python prints it", set.replaceAll('"', "'")],
    ["a JWKS without its last brace", set.slice(0, -1)],
    ["a JWKS in percent encoding", encodeURIComponent(set)],
    ["a JWKS behind the headers of curl -i", `HTTP/2 200\r\ncontent-type: application/json\r\n\r\n${set}`],
    ["a JWK as YAML", yaml.join("\n")],
    ["a PEM in base64", Buffer.from(pem).toString("base64")],
    ["DER in hexadecimal", publicKey.export({ type: "spki", format: "der" }).toString("hex")],
    ["a PEM in UTF-16", Buffer.from(`\uFEFF${pem}`, "utf16le").toString("utf8")],
    ["a modulus of openssl", `Modulus=${modulus.toString("hex").toUpperCase()}`],
    ["a line of known_hosts", `host.example ssh-rsa ${blob.toString("base64")}`],
  ])("does not start with %s", async (_, secret) => {
    await expect(withSecret(secret).ready()).rejects.toMatchObject({
      faults: [{ code: "KEY_PUBLIC_AS_SECRET" }],
    });
  });

  it("starts with a real secret, and answers the tokens that it signed", async () => {
    const sharer = await createTestIssuer("HS256");
    const headers = await sharer.bearer({ scopes: ["config:read"] });
    expect((await get(withSecret(sharer.verificationKey), "/config", headers)).status).toBe(200);
  });
});

describe("a JWKS file", () => {
  it("that is made to exhaust its reader while the server runs ends nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "attack-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const jwksFile = join(folder, "jwks.json");
    const write = async (...keys: readonly object[]) => {
      await writeFile(`${jwksFile}.new`, JSON.stringify({ keys }));
      await rename(`${jwksFile}.new`, jwksFile);
    };
    const good = createPublicKey(issuer.verificationKey).export({ format: "jwk" });
    await write(good);
    const logger = createTestLogger();
    const os = createOS({ authorizationConfig: { jwksFile }, logger });
    onTestFinished(() => os.close());
    const headers = await issuer.bearer({ scopes: ["config:read"] });
    expect((await get(os, "/config", headers)).status).toBe(200);
    const k = Buffer.from("3006020101040100".repeat(8_000), "hex").toString("base64url");
    await write(good, { kty: "oct", alg: "HS256", k });
    await vi.waitFor(() => expect(JSON.stringify(logger.entries)).toContain("KEY_JWKS_FILE_STALE"), 4_000);
    expect((await get(os, "/config", headers)).status).toBe(200);
  });
});

describe("a route that works on users' data and was opened to strangers", () => {
  const notes: CustomRoute = {
    method: "GET",
    path: "/notes",
    access: "authenticated",
    isOwned: true,
    handler: ({ access }) => Response.json(access.dataScope),
  };
  const excludedRoutePaths = ["/health", "/notes", "/agents/echo/runs"];
  const runAs = (os: AgentOS, user: string) =>
    os.fetch(
      new Request("http://localhost:7777/agents/echo/runs", {
        method: "POST",
        body: new URLSearchParams({ message: "hi", stream: "false", session_id: "s1", user_id: user }),
      }),
    );

  it("reaches nobody's data with isolation, and runs nothing in the name of a user", async () => {
    const os = protect({ userIsolation: true, excludedRoutePaths }, [notes]);
    expect(await (await get(os, "/notes")).json()).toEqual({ kind: "none" });
    expect((await runAs(os, "alice")).status).toBe(403);
  });

  it("reaches everybody's without it", async () => {
    const os = protect({ excludedRoutePaths }, [notes]);
    expect(await (await get(os, "/notes")).json()).toEqual({ kind: "all" });
    expect((await runAs(os, "alice")).status).toBe(200);
  });
});
