import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pagesRoutes, type RouteTable } from "@agentos/contract";
import { createTestIssuer, createTestKey, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { PolicyOptions } from "../config/policy-options.ts";
import { createGuardedApp } from "./guarded-app.ts";
import type { GuardedAppOptions } from "./guarded-app-options.ts";
import type { GuardedAppParts } from "./guarded-app-parts.ts";
import { jsonResponse } from "./responses.ts";

const table = {
  ...pagesRoutes,
  "things.read": {
    method: "GET",
    path: "/things/{thing_id}",
    access: "authenticated",
    tag: "Things",
    summary: "Read a thing",
  },
} as const satisfies RouteTable;
type Id = keyof typeof table;

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const before = await createTestIssuer();
const after = await createTestIssuer();
const by = ({ verificationKey }: typeof before, more: PolicyOptions = {}): PolicyOptions => ({
  authorization: true,
  ...more,
  authorizationConfig: { verificationKeys: [verificationKey], ...more.authorizationConfig },
});

function create(options: GuardedAppOptions = {}, parts: Partial<GuardedAppParts<Id>> = {}) {
  const logger = createTestLogger();
  const opened: string[] = [];
  const app = createGuardedApp<Id>({
    options: { id: TEST_OS_ID, env: {}, logger, ...by(before), ...options },
    table,
    defaultPort: 0,
    open: async () => {
      opened.push("opened");
      return { close: async () => void opened.push("closed") };
    },
    createHandlers: ({ resolved }) => ({
      handlers: { "things.read": () => jsonResponse([resolved.policy.mode]) },
    }),
    ...parts,
  });
  onTestFinished(() => app.close());
  const ask = async (headers: Record<string, string> = {}, path = "/things/a") => {
    const request = new Request(`http://localhost${path}`, { headers });
    return app.fetch(request, { clientAddress: "127.0.0.1" });
  };
  return { app, ask, logger, opened };
}

async function codesOf(replacing: Promise<void>): Promise<readonly string[]> {
  try {
    await replacing;
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ code }) => code);
    throw error;
  }
}

describe("another policy", () => {
  it("judges the next request, and a token that the one before had verified counts for nothing", async () => {
    const { app, ask } = create();
    const [old, fresh] = [await before.bearer(), await after.bearer()];
    expect([(await ask(old)).status, (await ask(old)).status, (await ask(fresh)).status]).toEqual([
      200, 200, 401,
    ]);
    await app.replacePolicy(by(after));
    expect([(await ask(old)).status, (await ask(fresh)).status]).toEqual([401, 200]);
    await app.replacePolicy(by(before));
    expect([(await ask(old)).status, (await ask(fresh)).status]).toEqual([200, 401]);
  });

  it("is a whole: what it leaves out has its default, and whatever is shown of it follows", async () => {
    const { app, ask } = create({
      securityKey: SECURITY_KEY,
      cors: { allowedOrigins: ["https://before.test"] },
      ...by(before, { authorizationConfig: { userIsolation: true, excludedRoutePaths: ["/things/*"] } }),
    });
    const origin = { origin: "https://after.test" };
    expect((await ask({}, "/things/a")).status).toBe(200);
    await app.replacePolicy({
      securityKey: SECURITY_KEY,
      cors: { allowedOrigins: ["https://after.test"] },
    });
    expect((await ask({}, "/things/a")).status).toBe(401);
    expect(await app.describe()).toMatchObject({
      id: TEST_OS_ID,
      mode: "security_key",
      isolatesUsers: false,
      keys: [],
      allowedOrigins: ["https://after.test"],
      publicRoutes: ["/errors/{code}", "/.well-known/oauth-protected-resource"],
    });
    const answer = await ask({ authorization: `Bearer ${SECURITY_KEY}`, ...origin });
    expect(await answer.json()).toEqual(["security_key"]);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://after.test");
  });

  it("with faults changes nothing, and all of them are told at once", async () => {
    const { app, ask, logger, opened } = create();
    const inForce = await app.describe();
    expect(
      await codesOf(
        app.replacePolicy(
          by(after, {
            id: "another",
            cors: { allowedOrigins: ["no origin"] },
            authorizationConfig: {
              verificationKeys: ["-----BEGIN PUBLIC KEY-----"],
              scopeMappings: { "GET /things/{thing_id}": ["no scope"] },
            },
          }),
        ),
      ),
    ).toEqual(expect.arrayContaining(["CONFIG_ORIGIN_INVALID", "CONFIG_SCOPE_INVALID", "CONFIG_ID_FIXED"]));
    await expect(
      app.replacePolicy(by(after, { authorizationConfig: { verificationKeys: ["-----BEGIN"] } })),
    ).rejects.toThrow(/verificationKeys\[0\]/);
    const misspelt = { authorisation: true, agents: [] } as PolicyOptions;
    expect(await codesOf(app.replacePolicy(misspelt))).toEqual([
      "CONFIG_OPTION_UNKNOWN",
      "CONFIG_OPTION_UNKNOWN",
    ]);
    expect(await app.describe()).toEqual(inForce);
    expect((await ask(await before.bearer())).status).toBe(200);
    expect(opened).toEqual(["opened"]);
    expect(logger.entries.map(({ text }) => text)).not.toContain("another policy is in force");
  });

  it("keeps the id, which may be named", async () => {
    const { app, ask } = create();
    await app.replacePolicy(by(after, { id: TEST_OS_ID }));
    await app.replacePolicy(by(after, { id: undefined }));
    expect((await ask(await after.bearer())).status).toBe(200);
    const error = await app
      .replacePolicy(by(before, { id: "agno-agentos" }))
      .catch((cause: unknown) => cause);
    expect(String(error)).toContain('it is "test-os", and the new policy has "agno-agentos"');
  });

  it("lets a request finish under the policy that it began with", async () => {
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { app, ask } = create(
      {},
      {
        createHandlers: ({ resolved }) => ({
          handlers: {
            "things.read": async () => {
              begun.resolve();
              await mayEnd.promise;
              return jsonResponse([resolved.policy.mode]);
            },
          },
        }),
      },
    );
    const underWay = ask(await before.bearer());
    await begun.promise;
    await app.replacePolicy({ securityKey: SECURITY_KEY });
    mayEnd.resolve();
    expect(await (await underWay).json()).toEqual(["jwt"]);
    expect((await ask(await before.bearer())).status).toBe(401);
  });

  it("keeps what is open, what was refused, and what was counted", async () => {
    const { app, ask, opened } = create();
    await ask(await after.bearer());
    await ask(await before.bearer());
    const [denials, decisions] = [await app.denials(), await app.decisions()];
    await app.replacePolicy(by(after));
    await ask(await after.bearer({ scopes: ["authz:read"] }));
    expect(opened).toEqual(["opened"]);
    expect([await app.denials(), await app.decisions()]).toEqual([denials, decisions]);
    expect((await denials.list({ kind: "all" }, { limit: 9 })).totalCount).toBe(1);
    await app.replacePolicy({
      ...by(before),
      authorizationConfig: { verificationKeys: [before.verificationKey, after.verificationKey] },
    });
    const shown = await ask(await after.bearer({ scopes: ["authz:read"] }), "/authz/policy");
    const { keys } = (await shown.json()) as { readonly keys: readonly { request_count: number }[] };
    expect(keys.map(({ request_count }) => request_count)).toEqual([1, 2]);
  });

  it("waits for the one before it, which may fail", async () => {
    const { app, ask, logger } = create();
    const all = [
      app.replacePolicy({ securityKey: SECURITY_KEY }),
      app.replacePolicy({ securityKey: "with space and length" }),
      app.replacePolicy(by(after)),
    ];
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await ask(await after.bearer())).status).toBe(200);
    const told = logger.entries.filter(({ text }) => text === "another policy is in force");
    expect(told.map(({ facts }) => facts)).toEqual([{ mode: "security_key" }, { mode: "jwt" }]);
  });

  it("says in the log what is doubtful about it", async () => {
    const { app, logger } = create();
    await app.replacePolicy(by(after, { authorizationConfig: { unsafe: { allowLongLivedTokens: true } } }));
    expect(logger.entries).toContainEqual(
      expect.objectContaining({
        level: "warn",
        facts: expect.objectContaining({ code: "CONFIG_LIFETIME_UNLIMITED" }) as unknown,
      }),
    );
  });

  it("that needs no credential is refused where the server listens to others, and takes force where it does not", async () => {
    const { app, ask } = create();
    const server = await app.serve({ host: "0.0.0.0", port: 0, printsPolicy: false });
    expect(await codesOf(app.replacePolicy({ authorization: false }))).toEqual([
      "CONFIG_OPEN_BEYOND_LOOPBACK",
    ]);
    const unverified = { validate: false, unsafe: { allowUnverifiedTokens: true } };
    expect(await codesOf(app.replacePolicy({ authorizationConfig: unverified }))).toEqual([
      "CONFIG_UNVERIFIED_BEYOND_LOOPBACK",
    ]);
    expect((await ask()).status).toBe(401);
    await server.close();

    const own = create();
    const local = await own.app.serve({ host: "localhost", port: 0, printsPolicy: false });
    await own.app.replacePolicy({ authorization: false });
    expect((await own.ask()).status).toBe(200);
    await expect(own.app.serve({ host: "0.0.0.0", port: 0, printsPolicy: false })).rejects.toThrow(
      ConfigurationError,
    );
    await local.close();
  });

  it("takes no force once the server is closed", async () => {
    const { app } = create();
    await app.ready();
    await app.close();
    await expect(app.replacePolicy(by(after))).rejects.toThrow("the server is closed");
  });

  it("comes into force no more while a server waits for what runs: it would take connections again", async () => {
    const held = Promise.withResolvers<void>();
    const parts = {
      createHandlers: () => ({
        handlers: { "things.read": () => jsonResponse([]) },
        drain: () => held.promise,
      }),
    };
    const { app } = create({}, parts);
    const running = await app.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    await app.replacePolicy(by(after));
    const closing = running.close();
    await expect(app.replacePolicy(by(before))).rejects.toThrow("the server is closed");
    held.resolve();
    await closing;
  });

  it("watches its own files of keys, and those of the one before no more", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = mkdtempSync(join(tmpdir(), "agentos-policy-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const write = async (name: string) => {
      const file = join(folder, name);
      const { jwk } = await createTestKey("ES256", { kid: name });
      writeFileSync(file, JSON.stringify({ keys: [jwk] }));
      return file;
    };
    const [one, other] = [await write("one.json"), await write("other.json")];
    const { app } = create({ authorizationConfig: { jwksFile: one } });
    await app.ready();
    expect(vi.getTimerCount()).toBe(1);
    await app.replacePolicy({ authorizationConfig: { jwksFile: other } });
    expect(vi.getTimerCount()).toBe(1);
    // One that does not come into force leaves nothing behind.
    await app.replacePolicy({ id: "another", authorizationConfig: { jwksFile: one } }).catch(() => undefined);
    expect(vi.getTimerCount()).toBe(1);
    await app.replacePolicy(by(after));
    expect(vi.getTimerCount()).toBe(0);
  });
});
