/** What ends a stream that is open, and what does not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RevocationCheck } from "@agentos/auth";
import { customScope, pagesRoutes } from "@agentos/contract";
import {
  createTestIssuer,
  createTestKey,
  createTestLogger,
  goodToken,
  signToken,
  TEST_OS_ID,
} from "@agentos/testkit";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import type { AuthorizationConfig } from "../config/auth-options.ts";
import type { AuthRuntime } from "../gate/auth-runtime.ts";
import { revocation } from "../revocations/revocation-store.suite.ts";
import { createGuardedApp } from "./guarded-app.ts";
import type { GuardedAppOptions } from "./guarded-app-options.ts";
import { openNothing } from "./guarded-app-parts.ts";

const issuer = await createTestIssuer("RS256");
const config: AuthorizationConfig = { verificationKeys: [issuer.verificationKey] };

afterEach(() => void vi.useRealTimers());

/** A server with a stream that ends by itself only when it is told to. */
async function create(
  authorizationConfig: AuthorizationConfig = config,
  access = "reports:read",
  check?: RevocationCheck,
) {
  const told = { stopped: 0, finish: () => {} };
  const logger = createTestLogger();
  let auth: AuthRuntime | undefined;
  const options: GuardedAppOptions = {
    id: TEST_OS_ID,
    env: {},
    logger,
    authorizationConfig,
    routes: [
      {
        method: "GET",
        path: "/stream",
        access: access === "public" ? "public" : [customScope(access)],
        handler: () =>
          new Response(
            new ReadableStream<Uint8Array>({
              start(controller) {
                controller.enqueue(new TextEncoder().encode("begun"));
                told.finish = () => controller.close();
              },
              cancel() {
                told.stopped += 1;
              },
            }),
          ),
      },
    ],
  };
  const app = createGuardedApp({
    options,
    table: pagesRoutes,
    defaultPort: 0,
    open: openNothing,
    revocation: check,
    createHandlers: (context) => {
      ({ auth } = context);
      return { handlers: {} };
    },
  });
  onTestFinished(() => app.close());
  await app.ready();
  if (auth === undefined) throw new Error("nothing was made");
  const { revocations, kept } = auth;
  const { connections } = kept;
  if (connections === undefined) throw new Error("nothing is known of what is open");

  async function open(headers: Readonly<Record<string, string>> = {}) {
    const request = new Request("http://localhost/stream", { headers });
    const response = await app.fetch(request, { clientAddress: "127.0.0.1" });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    await reader?.read();
    const end = reader?.read().then(
      ({ done }) => (done ? "finished" : "more"),
      () => "cut",
    );
    return { end: () => end, cancel: () => reader?.cancel() };
  }
  const lines = () => logger.entries.filter(({ text }) => text.startsWith("an open connection was ended"));
  return { app, told, revocations, connections, open, lines };
}

const bearer = (claims: object = {}) =>
  issuer.bearer({ scopes: ["reports:read"], claims: { jti: "t-1", ...claims } });

it("revocation ends it, stops what makes it, and says so once in the log; another token's goes on", async () => {
  const { told, revocations, connections, open, lines } = await create();
  const revoked = await open(await bearer());
  const other = await open(await bearer({ jti: "t-2" }));
  expect(connections.size).toBe(2);
  await revocations.revoke(revocation);
  expect(await revoked.end()).toBe("cut");
  expect([told.stopped, connections.size]).toEqual([1, 1]);
  expect(lines()).toMatchObject([
    { level: "warn", facts: { code: "AUTH_CREDENTIAL_REVOKED", route: "GET /stream", subject: "alice" } },
  ]);
  told.finish();
  expect(await other.end()).toBe("finished");
  expect(connections.size).toBe(0);
});

it.each<[name: string, fail: () => never | Promise<never>, end: string]>([
  ["rejects leaves it open, and the next request fails", () => Promise.reject(new Error("down")), "finished"],
  [
    "throws ends it, and the one after it is judged all the same",
    () => {
      throw new Error("down");
    },
    "cut",
  ],
])("a check of the embedder that %s", async (_, fail, end) => {
  let isFailing = false;
  const check: RevocationCheck = ({ token }) => (isFailing && token?.id === "t-2" ? fail() : undefined);
  const { app, told, revocations, open } = await create(config, "reports:read", check);
  const headers = await bearer({ jti: "t-2" });
  const judged = await open(headers);
  const revoked = await open(await bearer());
  isFailing = true;
  expect(await revocations.revoke(revocation)).toMatchObject({ ok: true });
  expect(await revoked.end()).toBe("cut");
  const refused = await app.fetch(new Request("http://localhost/stream", { headers }));
  expect(refused.status).toBe(500);
  if (end === "finished") await judged.cancel();
  else expect(await judged.end()).toBe(end);
  expect(told.stopped).toBe(2);
});

it("is not known any more once its client has gone", async () => {
  const { connections, open } = await create();
  const { cancel } = await open(await bearer());
  await cancel();
  expect(connections.size).toBe(0);
});

it("ends at once where the right was taken away while its answer was made", async () => {
  const { app, revocations, lines } = await create();
  const headers = await bearer();
  await app.fetch(new Request("http://localhost/stream", { headers }));
  const asked = app.fetch(new Request("http://localhost/stream", { headers }));
  await revocations.revoke(revocation);
  const response = await asked;
  await expect(response.text()).rejects.toThrow("the stream was cut");
  expect(lines()).toHaveLength(2);
});

it("a token that expires meanwhile ends nothing", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const { told, revocations, open } = await create();
  const stream = await open(await bearer());
  vi.setSystemTime(Date.now() + 48 * 3_600_000);
  await revocations.revoke({ ...revocation, value: "another" });
  told.finish();
  expect(await stream.end()).toBe("finished");
});

it.each(["RS256", "HS256"] as const)("a key of %s that is withdrawn ends it, at once", async (algorithm) => {
  const folder = mkdtempSync(join(tmpdir(), "agentos-streams-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const jwksFile = join(folder, "keys.json");
  const write = (...keys: readonly object[]) => writeFileSync(jwksFile, JSON.stringify({ keys }));
  const [key, other] = await Promise.all(["first", "second"].map((kid) => createTestKey(algorithm, { kid })));
  if (key === undefined || other === undefined) throw new Error("no keys");
  write(key.jwk, other.jwk);
  const { open, connections, lines } = await create({ jwksFile, algorithm });
  const openWith = async (signer: typeof key) => {
    const now = Math.floor(Date.now() / 1_000);
    const token = await signToken(
      goodToken({ key: signer, now, audience: TEST_OS_ID, scopes: ["reports:read"] }),
    );
    return open({ authorization: `Bearer ${token}` });
  };
  const [stream] = [await openWith(key), await openWith(other)];
  write(other.jwk);
  expect(await stream.end()).toBe("cut");
  expect(lines()[0]?.facts).toMatchObject({ code: "AUTH_KEY_UNKNOWN" });
  // A public key that is still there lets its streams be; of a secret nobody can tell that it is the same.
  expect(connections.size).toBe(algorithm === "RS256" ? 1 : 0);
});

it("a public route asks nobody, and its streams are nobody's", async () => {
  const { told, revocations, open } = await create(config, "public");
  const stream = await open(await bearer());
  await revocations.revoke(revocation);
  told.finish();
  expect(await stream.end()).toBe("finished");
});
