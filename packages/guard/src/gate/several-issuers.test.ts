/** Who is who with several issuers, through the whole guard: owners, what may rule over all of them, and revocation. */
import { type Access, type Identity, isSameOwner, type RevocationCheck, refuse } from "@agentos/auth";
import { customScope, pagesRoutes } from "@agentos/contract";
import {
  createTestIssuer,
  createTestLogger,
  damageSignature,
  respellSignature,
  TEST_OS_ID,
  type TestTokenOptions,
} from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGuardedApp } from "../app/guarded-app.ts";
import { openNothing } from "../app/guarded-app-parts.ts";
import type { AuthorizationConfig } from "../config/auth-options.ts";
import type { IssuerOptions } from "../config/issuer-options.ts";
import { createAuthGuard } from "./auth-guard.ts";
import type { GuardedRequest } from "./gate.ts";

const B = "https://b.test";
const [first, second] = [await createTestIssuer(), await createTestIssuer("RS256")];
const requestWith = (headers: Readonly<Record<string, string>>): GuardedRequest => ({
  method: "GET",
  clientAddress: "127.0.0.1",
  header: (name) => headers[name] ?? null,
});

const ofFirst = async (options: TestTokenOptions = {}) => requestWith(await first.bearer(options));
const ofSecond = async ({ claims, ...options }: TestTokenOptions = {}) =>
  requestWith(await second.bearer({ ...options, claims: { iss: B, ...claims } }));
/** A token of the keys outside that names no issuer: the one that was there alone. */
const ofOwn = (options: TestTokenOptions = {}) => ofFirst({ ...options, claims: { iss: undefined } });

async function createTestGuard(config: AuthorizationConfig) {
  const guard = await createAuthGuard({
    id: TEST_OS_ID,
    env: {},
    logger: createTestLogger(),
    authorizationConfig: { verificationKeys: [first.verificationKey], userIsolation: true, ...config },
  });
  onTestFinished(() => guard.close());
  return guard;
}

const added = (more: Partial<IssuerOptions> = {}): AuthorizationConfig => ({
  issuers: [{ issuer: B, name: "partner", verificationKeys: [second.verificationKey], ...more }],
});

type Protected = ReturnType<Awaited<ReturnType<typeof createTestGuard>>["protect"]>;

async function accessTo(route: Protected, request: GuardedRequest): Promise<Access> {
  const outcome = await route.check(request);
  if (!outcome.isAllowed) throw new Error(outcome.answer.body);
  return outcome.access;
}

async function identify(config: AuthorizationConfig, request: GuardedRequest): Promise<Identity> {
  const guard = await createTestGuard(config);
  return (await accessTo(guard.protect("authenticated"), request)).identity;
}

/** `allowed`, or the body of the refusal. */
async function answerTo(config: AuthorizationConfig, scope: string, request: GuardedRequest) {
  const guard = await createTestGuard(config);
  const outcome = await guard.protect([customScope(scope)]).check(request);
  const body: unknown = outcome.isAllowed ? "allowed" : JSON.parse(outcome.answer.body);
  return body;
}

describe("the owner of data", () => {
  it("is the same for an existing issuer's users before and after another issuer is added", async () => {
    const alone = { issuer: "https://issuer.test" };
    const request = await ofFirst();
    const before = await identify(alone, request);
    expect(before.owner).toEqual({ issuer: "default", kind: "user", id: "alice" });
    const changes: readonly AuthorizationConfig[] = [
      added(),
      added({ sharesUsersWith: "default", name: undefined }),
      added({ subjectPrefix: "b:", allowedScopes: ["agent_os:admin"] }),
      { ...added(), allowedScopes: ["agents:read"] },
    ];
    for (const change of changes) {
      const after = await identify({ ...alone, ...change }, request);
      expect(after.owner).toEqual(before.owner);
      expect(isSameOwner(after.owner, before.owner)).toBe(true);
      expect(after.userId).toBe(before.userId);
    }
  });

  it("stays with the users of keys that had no issuer, by the fix of their refusal and by no other", async () => {
    const request = await ofFirst();
    const before = await identify({}, request);
    expect(before.owner).toEqual({ issuer: "default", kind: "user", id: "alice" });
    const refused = await answerTo(added(), "agents:read", request);
    expect(refused).toMatchObject({ code: "AUTH_ISSUER_UNKNOWN" });
    const { fix } = refused as { readonly fix: string };
    expect(fix).toContain(
      'set "authorizationConfig.issuer" to this "iss" (listed, its users would be new ones)',
    );
    const after = await identify({ ...added(), issuer: "https://issuer.test" }, request);
    expect(isSameOwner(after.owner, before.owner)).toBe(true);
    const one = { issuer: "https://issuer.test", name: "shop", verificationKeys: [first.verificationKey] };
    const listed = await identify({ issuers: [...(added().issuers ?? []), one] }, request);
    expect([listed.owner.issuer, isSameOwner(listed.owner, before.owner)]).toEqual(["shop", false]);
  });

  it("is the same after the address of its issuer has changed, since it goes by the name", async () => {
    const listed = (issuer: string): AuthorizationConfig => ({
      issuers: [
        { issuer, name: "corp", verificationKeys: [second.verificationKey] },
        { issuer: "https://c.test", verificationKeys: [first.verificationKey] },
      ],
      verificationKeys: undefined,
    });
    const before = await identify(listed(B), await ofSecond());
    const after = await identify(
      listed("https://moved.test"),
      await ofSecond({ claims: { iss: "https://moved.test" } }),
    );
    expect(after.owner).toEqual({ issuer: "corp", kind: "user", id: "alice" });
    expect(isSameOwner(before.owner, after.owner)).toBe(true);
  });

  it("is another for the same id of another issuer, and the same where they share their users", async () => {
    const one = await identify(added(), await ofOwn());
    const other = await identify(added(), await ofSecond());
    expect([one.userId, other.userId]).toEqual(["alice", "alice"]);
    expect([other.issuer, other.owner.issuer]).toEqual(["partner", "partner"]);
    expect(isSameOwner(one.owner, other.owner)).toBe(false);
    const shared = await identify(added({ name: undefined, sharesUsersWith: "default" }), await ofSecond());
    expect(isSameOwner(one.owner, shared.owner)).toBe(true);
  });

  it("is nobody's for a token without a user, whichever issuer made it", async () => {
    const nameless = await identify(added(), await ofSecond({ claims: { sub: undefined } }));
    expect(nameless.owner).toEqual({ issuer: "partner", kind: "anonymous", id: "" });
  });

  it("is compared by bytes: what only looks alike is another user", async () => {
    const spellings = ["caf\u00e9", "cafe\u0301", "CAF\u00c9", "caf\u00e9 "];
    const owners = [];
    for (const subject of spellings) owners.push((await identify({}, await ofFirst({ subject }))).owner);
    expect(owners.map(({ id }) => id)).toEqual(spellings);
    for (const [index, owner] of owners.entries())
      expect(owners.filter((other) => isSameOwner(owner, other))).toEqual([owners[index]]);
  });

  it("is what a handler may reach, as one frozen value for every request", async () => {
    const guard = await createTestGuard(added());
    const route = guard.protect("authenticated");
    const request = await ofSecond();
    const { identity, dataScope } = await accessTo(route, request);
    expect(dataScope).toEqual({ kind: "user", owner: { issuer: "partner", kind: "user", id: "alice" } });
    const again = await accessTo(route, request);
    expect(again.identity.owner).toBe(identity.owner);
    expect(dataScope.kind === "user" && dataScope.owner).toBe(identity.owner);
    expect(Object.isFrozen(identity.owner)).toBe(true);
  });
});

describe("what rules over all users", () => {
  const reports = "reports:read";
  const audit = "authz:read";
  const rows: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
    ["the admin scope", ["agent_os:admin"], reports, ["agent_os:admin"]],
    ["the admin scope, for what is about authz", ["agent_os:admin"], audit, ["agent_os:admin"]],
    ["a scope of authz", ["authz:read"], audit, ["authz:read"]],
    ["a scope of authz for every item", ["authz:*:read"], audit, ["authz:*:read"]],
    ["a scope of authz with an empty id", ["authz::read"], audit, ["authz::read"]],
  ];

  it.each(rows)("counts from one issuer alone: %s", async (_, scopes, needed) => {
    expect(await answerTo({}, needed, await ofFirst({ scopes }))).toBe("allowed");
  });

  it.each(rows)(
    "counts of several issuers only where it is listed, and the fix says how: %s",
    async (_, scopes, needed, listed) => {
      for (const request of [await ofOwn({ scopes }), await ofSecond({ scopes })]) {
        const refused = await answerTo(added(), needed, request);
        expect(refused).toMatchObject({ code: "SCOPE_OVER_CEILING" });
        const { fix } = refused as { readonly fix: string };
        const [, named] = /add (\S+) to "allowedScopes" of this issuer/.exec(fix) ?? [];
        expect([named]).toEqual(listed);
      }
      // The fix, done for the one and for the other: only that one is let in.
      const outside = { ...added(), allowedScopes: [...listed] };
      expect(await answerTo(outside, needed, await ofOwn({ scopes }))).toBe("allowed");
      expect(await answerTo(outside, needed, await ofSecond({ scopes }))).not.toBe("allowed");
      const inside = added({ allowedScopes: [...listed] });
      expect(await answerTo(inside, needed, await ofSecond({ scopes }))).toBe("allowed");
      expect(await answerTo(inside, needed, await ofOwn({ scopes }))).not.toBe("allowed");
    },
  );

  it("opens nobody's data from an issuer that does not list it, and everybody's from one that does", async () => {
    const scopes = ["agent_os:admin"];
    const reach = async (config: AuthorizationConfig) => {
      const guard = await createTestGuard(config);
      return (await accessTo(guard.protect("authenticated"), await ofSecond({ scopes }))).dataScope.kind;
    };
    expect(await reach(added())).toBe("user");
    expect(await reach(added({ allowedScopes: ["agent_os:admin"] }))).toBe("all");
  });

  it("leaves every other scope as it was", async () => {
    expect(await answerTo(added(), reports, await ofSecond({ scopes: [reports] }))).toBe("allowed");
    expect(await answerTo(added(), reports, await ofSecond({ scopes: ["reports:write"] }))).toMatchObject({
      code: "SCOPE_MISSING",
    });
  });
});

it("a denial record tells whose alice was refused, and never mixes two of them", async () => {
  const guard = await createTestGuard(added());
  const route = guard.protect([customScope("reports:read")]);
  for (const request of [await ofOwn(), await ofSecond(), await ofSecond()]) await route.check(request);
  const { records } = await guard.denials.list({ kind: "all" }, { limit: 10 });
  expect(records).toHaveLength(2);
  expect(new Map(records.map(({ issuer, subject, count }) => [issuer, `${subject} ${count}`]))).toEqual(
    new Map([
      ["default", "alice 1"],
      ["partner", "alice 2"],
    ]),
  );
  const wrong = await ofSecond({ claims: { aud: "another" } });
  await route.check(wrong);
  const [newest] = (await guard.denials.list({ kind: "all" }, { limit: 10 })).records.filter(
    ({ code }) => code === "AUTH_AUDIENCE_MISMATCH",
  );
  expect([newest?.issuer, newest?.subject]).toEqual(["partner", "alice"]);
});

it("a token that was let in from the cache is refused with a wrong signature, and let in with the other valid one", async () => {
  const guard = await createTestGuard({});
  const route = guard.protect("authenticated");
  const ask = async (token: string) => {
    const outcome = await route.check(requestWith({ authorization: `Bearer ${token}` }));
    const { code } = JSON.parse(outcome.isAllowed ? '{ "code": "allowed" }' : outcome.answer.body) as {
      readonly code: string;
    };
    return `${outcome.isAllowed ? 200 : outcome.answer.status} ${code}`;
  };
  const token = await first.token();
  expect([await ask(token), await ask(token)]).toEqual(["200 allowed", "200 allowed"]);
  expect(await ask(damageSignature(token))).toBe("401 AUTH_SIGNATURE_INVALID");
  expect(await ask(respellSignature(token))).toBe("200 allowed");
});

describe("revocation, through the gate", () => {
  it("shuts out on the next request an identity that a cached token has let in", async () => {
    const revoked = new Set<string | undefined>();
    let asked = 0;
    /** The driver of the tests: by user and issuer, by sign-in, by id, or by when it was issued. */
    const revocation: RevocationCheck = ({ owner, token, keyLabel }) => {
      asked += 1;
      const names = [
        `${owner.issuer}/${owner.id}`,
        token?.id,
        token?.signInId,
        token?.signingInputHash,
        keyLabel,
      ];
      return names.some((name) => revoked.has(name)) ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined;
    };
    const app = createGuardedApp({
      options: {
        id: TEST_OS_ID,
        env: {},
        logger: createTestLogger(),
        authorizationConfig: { verificationKeys: [first.verificationKey], ...added() },
        routes: [
          { method: "GET", path: "/mine", access: "authenticated", handler: () => new Response("mine") },
        ],
      },
      table: pagesRoutes,
      defaultPort: 0,
      open: openNothing,
      createHandlers: () => ({ handlers: {} }),
      revocation,
    });
    onTestFinished(() => app.close());
    await app.ready();
    const bearerOf = async (claims: object) => second.bearer({ claims: { iss: B, ...claims } });
    const ask = async (headers: Record<string, string>) => {
      const response = await app.fetch(new Request("http://localhost/mine", { headers }));
      const body = await response.text();
      if (response.status === 200) return body;
      const { code } = JSON.parse(body) as { readonly code: string };
      return `${response.status} ${code}`;
    };
    const headers = { ...(await bearerOf({ jti: "t-1", sid: "s-1" })) };
    for (const name of ["partner/alice", "t-1", "s-1"]) {
      expect(await ask(headers)).toBe("mine");
      expect(await ask(headers)).toBe("mine");
      revoked.add(name);
      expect(await ask(headers), name).toBe("401 AUTH_CREDENTIAL_REVOKED");
      revoked.clear();
    }
    // Nine requests, and six answers that were open for a moment.
    expect(asked).toBe(15);
    // Twins: the same name of another issuer, another sign-in and another id.
    for (const name of ["default/alice", "t-2", "s-2"]) revoked.add(name);
    expect(await ask(headers)).toBe("mine");
  });
});
