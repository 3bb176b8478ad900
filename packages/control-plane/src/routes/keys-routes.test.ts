import { randomBytes } from "node:crypto";
import { type AuthGuard, createAuthGuard } from "@agentos/guard";
import { guardedRequest, type RunningServer, serveOnNode } from "@agentos/guard/app";
import { createTestLogger, startPythonServer } from "@agentos/testkit";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { answerRejected } from "../app/handler.ts";
import { updateInstance } from "../instances/change-instance.ts";
import { createLocalInstances } from "../instances/local-instances.ts";
import { deriveInstallationKeys } from "../keys/installation-keys.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import { publicKeyOf } from "../keys/public-keys.ts";
import { createKeyRotation, type KeyRotation } from "../keys/rotate-keys.ts";
import {
  INSTANCE,
  MEMBER,
  ORGANIZATION,
  OS_ID,
  OTHER_INSTANCE,
  OWNER,
  openSeededStore,
} from "../keys/seeded-store.fixture.ts";
import { queueKeyRevocation } from "../revocations/queue-revocations.ts";
import { SYSTEM } from "../store/actor.ts";
import { Rejected } from "../store/rejected.ts";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { mintForPerson } from "../tokens/mint-for-person.ts";
import { createKeysRoutes, type KeysServices } from "./keys-routes.ts";

const OF = { organizationId: ORGANIZATION, instanceId: INSTANCE };
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const DOCUMENT = /^\/instances\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/;

describe.each(TEST_DIALECTS)("the keys that everybody can read (%s)", (dialect) => {
  let testStore: TestStore;
  let server: RunningServer;
  let services: KeysServices;
  let rotation: KeyRotation;
  let guard: AuthGuard | undefined;

  beforeEach(async () => {
    // A real AgentOS judges by the real time.
    testStore = await openSeededStore(dialect, Date.now() / 1000);
    const { store } = testStore;
    const installationKeys = deriveInstallationKeys([randomBytes(32)]);
    const keyPairs = createKeyPairs(installationKeys);
    rotation = createKeyRotation({
      store,
      keyPairs,
      revokeKey: (change, key) => queueKeyRevocation(change, key, "key-retired"),
    });
    server = await serveOnNode(answer, {
      host: "localhost",
      port: 0,
      drainSeconds: 0,
      loopbackOnly: undefined,
      drain: async () => {},
      onClose: async () => {},
      logger: createTestLogger(),
    });
    services = {
      store,
      keyPairs,
      installationKeys,
      rotation,
      publicUrl: server.url,
      refreshPolicy: async () => undefined,
    };
    await rotation.publishKey(SYSTEM, OF);
  });
  afterEach(async () => {
    guard?.close();
    guard = undefined;
    await server.close();
    await testStore.close();
  });

  async function answer(request: Request): Promise<Response> {
    const [, instanceId = "", document] = DOCUMENT.exec(new URL(request.url).pathname) ?? [];
    const routes = createKeysRoutes(services);
    const handler = document === "jwks.json" ? routes["documents.jwks"] : routes["documents.discovery"];
    const call = { request, parameters: { instance_id: instanceId }, body: undefined, query: undefined };
    try {
      const answered = await handler({ ...call, actor: SYSTEM, address: undefined });
      return answered instanceof Response ? answered : Response.json(answered);
    } catch (cause) {
      if (cause instanceof Rejected) return answerRejected(cause, "agentos");
      throw cause;
    }
  }
  const get = (document: string, { instance = INSTANCE, headers = {} } = {}) =>
    fetch(`${server.url}/instances/${instance}/.well-known/${document}`, { headers });
  const mint = (scopes?: readonly string[]) =>
    mintForPerson(services, SYSTEM, { ...OF, ...MEMBER, purpose: "console", scopes });
  const kids = async () => {
    const { keys } = keySetSchema.parse(await (await get("jwks.json")).json());
    return keys.map(({ kid }) => kid);
  };
  const publishedKid = async () => {
    const row = await testStore.store.read((db) =>
      db
        .selectFrom("agentos_cp_keys")
        .select("kid")
        .where("station", "=", "published")
        .executeTakeFirstOrThrow(),
    );
    return row.kid;
  };

  it("lead from the issuer to a key set with nothing but public halves", async () => {
    const discovery = await get("openid-configuration");
    expect(await discovery.json()).toMatchObject({
      issuer: `${server.url}/instances/${INSTANCE}`,
      jwks_uri: `${server.url}/instances/${INSTANCE}/.well-known/jwks.json`,
    });
    const keySet = await get("jwks.json");
    expect(keySet.headers.get("cache-control")).toBe("public, max-age=60");
    const { keys } = keySetSchema.parse(await keySet.json());
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  });

  it("are not sent again to who has them, and are another document after each change", async () => {
    const tag = (await get("jwks.json")).headers.get("etag") ?? "";
    const again = await get("jwks.json", { headers: { "if-none-match": `"other", ${tag}` } });
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", tag]);
    await rotation.publishKey(SYSTEM, OF);
    const changed = await get("jwks.json", { headers: { "if-none-match": tag } });
    expect(changed.status).toBe(200);
  });

  it("are there for connected instances alone: of a draft the same is said as of what does not exist", async () => {
    await testStore.store.note((db) =>
      db
        .updateTable("agentos_cp_instances")
        .set({ is_draft: 1 })
        .where("instance_id", "=", OTHER_INSTANCE)
        .execute(),
    );
    for (const document of ["jwks.json", "openid-configuration"]) {
      const [draft, unknown] = [
        await get(document, { instance: OTHER_INSTANCE }),
        await get(document, { instance: "none" }),
      ];
      expect([draft.status, unknown.status]).toEqual([404, 404]);
      expect(await draft.text()).toBe(await unknown.text());
    }
  });

  it("hold what is published, signs or retires, and not what is retired", async () => {
    const [old = ""] = await kids();
    await rotation.publishKey(SYSTEM, OF);
    const fresh = await publishedKid();
    expect(await kids()).toEqual([old, fresh]);
    await rotation.signWithKey(SYSTEM, { ...OF, kid: fresh, isForced: true });
    expect(await kids()).toEqual([fresh, old]);
    await rotation.retireKey(SYSTEM, { ...OF, kid: old, isForced: false });
    expect(await kids()).toEqual([fresh]);
  });

  it("are all that an AgentOS needs to know: with the issuer alone it takes every valid token, through a rotation under load", async () => {
    const issuer = `${server.url}/instances/${INSTANCE}`;
    guard = await createAuthGuard({
      id: OS_ID,
      env: {},
      logger: createTestLogger(),
      authorization: true,
      authorizationConfig: { issuer },
    });
    const route = guard.protect(["agents:run"]);
    const used = new Set<string>();
    const refused: string[] = [];
    const state = { isOver: false };
    async function load() {
      while (!state.isOver) {
        testStore.clock.now = Date.now() / 1000;
        const { token, kid } = await mint();
        const request = new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } });
        const outcome = await route.check(guardedRequest(request, { clientAddress: "127.0.0.1" }));
        used.add(kid);
        if (!outcome.isAllowed) refused.push(JSON.stringify(outcome.answer));
      }
    }
    /** Until this key has signed a token that was judged. */
    const until = async (kid: string) => {
      while (!used.has(kid)) await new Promise((resolve) => setImmediate(resolve));
    };
    const loads = Array.from({ length: 6 }, load);
    try {
      const [old = ""] = await kids();
      await until(old);
      await rotation.publishKey(SYSTEM, OF);
      const fresh = await publishedKid();
      await rotation.signWithKey(SYSTEM, { ...OF, kid: fresh, isForced: true });
      await until(fresh);
      expect(guard.describe().keys.map(({ thumbprint }) => thumbprint)).toEqual([fresh, old]);
      await rotation.retireKey(SYSTEM, { ...OF, kid: old, isForced: true });
      used.delete(fresh);
      await until(fresh);
      expect(used).toEqual(new Set([fresh, old]));
    } finally {
      state.isOver = true;
      await Promise.all(loads);
    }
    expect(refused).toEqual([]);
  });

  it("are what a Python AgentOS needs, one at a time: it takes the tokens of the key that it was given, with their scopes", async () => {
    const signing = await testStore.store.read((db) => publicKeyOf(db, INSTANCE));
    const python = await startPythonServer({
      mode: "jwt",
      publicPem: signing?.pem ?? "",
      verifiesAudience: true,
    });
    onTestFinished(() => python.close());
    await testStore.store.note((db) =>
      db.updateTable("agentos_cp_instances").set({ os_id: "agent-os" }).execute(),
    );
    const statusOf = async (path: string, scopes?: readonly string[]) => {
      const { token } = await mint(scopes);
      return (await fetch(python.url + path, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    expect(await statusOf("/agents")).toBe(200);
    expect(await statusOf("/config", ["config:read"])).toBe(200);
    expect(await statusOf("/agents", ["config:read"])).toBe(403);
    await rotation.publishKey(SYSTEM, OF);
    await rotation.signWithKey(SYSTEM, { ...OF, kid: await publishedKid(), isForced: true });
    expect(await statusOf("/agents")).toBe(401);
  });

  it("lead nowhere once the endpoint is another one, and take no token for the next one", async () => {
    const issuer = `${server.url}/instances/${INSTANCE}`;
    const startGuard = async (trusted: string) => {
      guard?.close();
      guard = await createAuthGuard({
        id: OS_ID,
        env: {},
        logger: createTestLogger(),
        authorization: true,
        authorizationConfig: { issuer: trusted },
      });
      return guard.protect("authenticated");
    };
    testStore.clock.now = Date.now() / 1000;
    const old = await startGuard(issuer);
    const statusOf = async (route: typeof old) => {
      const { token } = await mint();
      const request = new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } });
      const outcome = await route.check(guardedRequest(request, {}));
      return outcome.isAllowed ? 200 : outcome.answer.status;
    };
    expect(await statusOf(old)).toBe(200);
    const instances = {
      ...services,
      localInstances: createLocalInstances({
        store: testStore.store,
        locals: [],
        onFailure: () => undefined,
      }),
    };
    const { organizationId, instanceId } = OF;
    const caller = { organizationId, personId: OWNER.personId, scopes: [], actor: SYSTEM };
    await updateInstance(instances, caller, instanceId, { endpoint: "https://elsewhere.example.com" });
    // It may call itself what it likes, as the one before does.
    await updateInstance(instances, caller, instanceId, { os_id: OS_ID });
    expect(await statusOf(old)).toBe(401);
    expect([(await get("jwks.json")).status, (await get("openid-configuration")).status]).toEqual([404, 404]);
    const { issuer: next, endpoint } = await mint();
    expect([next === issuer, endpoint]).toEqual([false, "https://elsewhere.example.com"]);
    expect(await statusOf(await startGuard(next))).toBe(200);
  });

  it("take no token of another instance: each has an issuer and keys of its own", async () => {
    const issuer = `${server.url}/instances/${OTHER_INSTANCE}`;
    await rotation.publishKey(SYSTEM, { organizationId: "organization-2", instanceId: OTHER_INSTANCE });
    guard = await createAuthGuard({
      id: OS_ID,
      env: {},
      logger: createTestLogger(),
      authorization: true,
      authorizationConfig: { issuer },
    });
    const { token } = await mint();
    const request = new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } });
    const outcome = await guard.protect("authenticated").check(guardedRequest(request, {}));
    expect(outcome.isAllowed ? "allowed" : outcome.answer.status).toBe(401);
  });
});
