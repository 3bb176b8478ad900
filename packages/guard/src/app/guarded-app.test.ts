import { type Authenticator, compileGrants, createOwner, type Identity, ok, refuse } from "@agentos/auth";
import { pagesRoutes, type RouteTable } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { CustomRoute } from "./custom-route.ts";
import { createGuardedApp } from "./guarded-app.ts";
import { type GuardedAppParts, openNothing } from "./guarded-app-parts.ts";
import { jsonResponse } from "./responses.ts";

/** A product that is no agent server: the control plane will be one. */
const table = {
  "things.list": { method: "GET", path: "/things", access: "public", tag: "Things", summary: "List things" },
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

const { verificationKey, bearer } = await createTestIssuer();

function create(
  routes: readonly CustomRoute[] = [],
  parts: Partial<GuardedAppParts<Id>> = {},
): ReturnType<typeof createGuardedApp> {
  return createGuardedApp<Id>({
    options: {
      id: TEST_OS_ID,
      env: {},
      logger: createTestLogger(),
      authorizationConfig: { verificationKeys: [verificationKey] },
      routes,
    },
    table,
    defaultPort: 0,
    open: openNothing,
    createHandlers: () => ({
      handlers: {
        // In another order than the table: they are joined by id.
        "things.read": ({ parameters }) => jsonResponse(parameters),
        "things.list": ({ access }) => jsonResponse([access.identity.kind, access.visible]),
      },
    }),
    ...parts,
  });
}

const get = async (app: ReturnType<typeof create>, path: string, headers: Record<string, string> = {}) =>
  app.fetch(new Request(`http://localhost${path}`, { headers }));

function codesOf(start: () => unknown): readonly string[] {
  try {
    start();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ code }) => code);
    throw error;
  }
  return [];
}

const custom = (more: Partial<CustomRoute> = {}): CustomRoute => ({
  method: "GET",
  path: "/teams/{team_id}/agents/{agent_id}",
  access: ["agents:read"],
  handler: () => new Response("mine"),
  ...more,
});

describe("a guarded app", () => {
  it("joins routes and handlers by id, and answers for the pages itself", async () => {
    const app = create();
    expect(await (await get(app, "/things")).json()).toEqual(["anonymous", "all"]);
    expect((await get(app, "/things/a")).status).toBe(401);
    expect((await get(app, "/errors/SCOPE_MISSING")).status).toBe(200);
    expect((await app.describe()).publicRoutes).toEqual([
      "/things",
      "/errors/{code}",
      "/.well-known/oauth-protected-resource",
    ]);
    await app.close();
  });

  it("gives what is there at once without a promise: a public answer, a refusal, a caller who is known", async () => {
    const app = create();
    const known = await bearer();
    const ask = (path: string, headers: Record<string, string> = {}) =>
      app.fetch(new Request(`http://localhost${path}`, { headers }));
    await ask("/things/a", known);
    const statusNow = (answer: Response | Promise<Response>) =>
      answer instanceof Promise ? "later" : answer.status;
    expect(statusNow(ask("/things"))).toBe(200);
    expect(statusNow(ask("/things/a"))).toBe(401);
    expect(statusNow(ask("/things/a", known))).toBe(200);
    expect(statusNow(ask("/things/a", { ...known, origin: "https://page.test" }))).toBe(200);
    // Nobody has seen this token: its signature takes a while.
    expect(statusNow(ask("/things/a", await bearer({ subject: "bob" })))).toBe("later");
    await app.close();
  });

  it("does not start with a route that nobody answers", async () => {
    const handlers = { "things.list": () => jsonResponse([]) };
    const parts = { createHandlers: () => ({ handlers }) } as unknown as Partial<GuardedAppParts<Id>>;
    await expect(create([], parts).ready()).rejects.toThrow("route without a handler: things.read");
  });

  it("says what the application's routes are to the reference, each by its id", async () => {
    const ids: string[] = [];
    const parts = create([custom({ summary: "Mine" })], {
      createHandlers: ({ routes }) => {
        ids.push(...routes.map(({ route, definition }) => `${route.id} ${definition.tag}`));
        const answer = () => jsonResponse([]);
        return { handlers: { "things.list": answer, "things.read": answer } };
      },
    });
    await parts.ready();
    expect(ids).toEqual([
      "things.list Things",
      "core.error Core",
      "core.resource Core",
      "denials.list Authorization",
      "denials.count Authorization",
      "denials.read Authorization",
      "policy.read Authorization",
      "things.read Things",
      "get./teams/{team_id}/agents/{agent_id} Application",
    ]);
  });
});

it("ends what still runs before what it writes to is closed", async () => {
  const order: string[] = [];
  const answer = () => jsonResponse([]);
  const app = create([], {
    open: async () => ({ close: async () => void order.push("closed") }),
    createHandlers: () => ({
      handlers: { "things.list": answer, "things.read": answer },
      drain: async (signal) => {
        await Promise.resolve();
        order.push(signal.aborted ? "cancelled" : "waited");
      },
    }),
  });
  await app.ready();
  await app.close();
  expect(order).toEqual(["cancelled", "closed"]);
});

describe("what a product adds to authentication", () => {
  it("is its revocation: one caller is refused and recorded, another is let in", async () => {
    const app = create([], {
      revocation: ({ userId }) =>
        userId === "mallory" ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined,
    });
    expect((await get(app, "/things/a", await bearer({ subject: "alice" }))).status).toBe(200);
    const refused = await get(app, "/things/a", await bearer({ subject: "mallory" }));
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: "AUTH_CREDENTIAL_REVOKED" });
    expect((await (await app.denials()).list({ kind: "all" }, { limit: 10 })).records).toMatchObject([
      { code: "AUTH_CREDENTIAL_REVOKED", subject: "mallory", route: "GET /things/{thing_id}" },
    ]);
    await app.close();
  });

  it("is credentials of its own, which are asked before those of the options and can be revoked like them", async () => {
    const nobody: Omit<Identity, "userId" | "owner"> = {
      kind: "user",
      issuer: "tickets",
      subject: undefined,
      sessionId: undefined,
      scopes: [],
      grants: compileGrants([], "agent_os:admin"),
      claims: {},
      dependencies: undefined,
      sessionState: undefined,
      expiresAt: undefined,
      notBefore: undefined,
      keyLabel: undefined,
    };
    const ticket: Authenticator = {
      kind: "ticket",
      recognises: ({ value }) => value.startsWith("ticket-"),
      verify({ value }) {
        const userId = value.slice("ticket-".length);
        return ok({ ...nobody, userId, owner: createOwner(nobody.issuer, userId) });
      },
    };
    const app = create([], {
      authenticators: [ticket],
      revocation: ({ userId }) => (userId === "2" ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined),
    });
    const statusWith = async (headers: Record<string, string>) =>
      (await get(app, "/things/a", headers)).status;
    expect(await statusWith({ authorization: "Bearer ticket-1" })).toBe(200);
    expect(await statusWith({ authorization: "Bearer ticket-2" })).toBe(401);
    expect(await statusWith({ authorization: "Bearer coupon-1" })).toBe(401);
    expect(await statusWith(await bearer())).toBe(200);
    await app.close();
  });
});

describe("items of an application's route", () => {
  it.each([
    ["a parameter that the path has", { agents: "agent_id" }, []],
    // The scope that cannot be checked leaves the route without a rule, as any other invalid one does.
    [
      "one that it does not have",
      { agents: "id" },
      ["CONFIG_SCOPE_PARAMETER_UNKNOWN", "CONFIG_ROUTE_ACCESS_MISSING"],
    ],
    ["the parameter of the other", { agents: "team_id" }, []],
    ["one that no scope asks for", { teams: "id" }, ["CONFIG_SCOPE_PARAMETER_UNKNOWN"]],
  ])("name %s", (_, items, codes) => {
    expect(codesOf(() => create([custom({ items })]))).toEqual(codes);
  });

  it.each([
    [
      "its own parameter",
      { items: { agents: "agent_id" } },
      "/teams/other/agents/web",
      "/teams/web/agents/other",
    ],
    [
      "the other parameter",
      { items: { agents: "team_id" } },
      "/teams/web/agents/other",
      "/teams/other/agents/web",
    ],
    [
      "a parameter in the scope",
      { access: ["agents:{team_id}:read"] },
      "/teams/web/agents/x",
      "/teams/x/agents/web",
    ],
  ] as const)("bind to %s and to no other of the route", async (_, more, open, closed) => {
    const app = create([custom(more as Partial<CustomRoute>)]);
    const headers = await bearer({ scopes: ["agents:web:read"] });
    const [allowed, refused] = [await get(app, open, headers), await get(app, closed, headers)];
    expect([allowed.status, refused.status]).toEqual([200, 403]);
    expect(await refused.json()).toMatchObject({ code: "SCOPE_OTHER_RESOURCE" });
    await app.close();
  });

  it("stop the start where a rule or a scope names a parameter that the path does not have", () => {
    const authorizationConfig = {
      verificationKeys: [verificationKey],
      scopeMappings: { "GET /things/{id}": ["things:{id}:read"] },
    };
    const options = { id: TEST_OS_ID, env: {}, logger: createTestLogger(), authorizationConfig, routes: [] };
    expect(codesOf(() => create([], { options }))).toEqual(["CONFIG_SCOPE_PARAMETER_UNKNOWN"]);
    const scopeMappings = { "GET /things/{id}": ["things:{thing_id}:read"] };
    const corrected = { ...options, authorizationConfig: { ...authorizationConfig, scopeMappings } };
    expect(codesOf(() => create([], { options: corrected }))).toEqual([]);
  });
});

describe("what is doubtful about a configuration", () => {
  const createDoubtful = () => {
    const logger = createTestLogger();
    const config = { verificationKeys: [verificationKey], unsafe: { allowMissingExpiration: true } };
    const app = create([], { options: { id: TEST_OS_ID, env: {}, logger, authorizationConfig: config } });
    const told = () => logger.entries.filter(({ facts }) => facts["code"] === "CONFIG_EXPIRATION_OPTIONAL");
    return { app, told };
  };
  const printed: string[] = [];
  const watchPrinted = () => {
    printed.length = 0;
    const spy = vi
      .spyOn(process.stderr, "write")
      .mockImplementation((text) => printed.push(String(text)) > 0);
    onTestFinished(() => spy.mockRestore());
  };

  it("is in the log of an embedded server once, with code and fix", async () => {
    const { app, told } = createDoubtful();
    await app.ready();
    for (let n = 0; n < 3; n += 1) await get(app, "/things");
    expect(told()).toMatchObject([{ level: "warn", facts: { fix: expect.stringMatching(/./) as string } }]);
    await app.close();
  });

  it("is in the log of one that is served without printing its policy, once", async () => {
    const { app, told } = createDoubtful();
    const server = await app.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    await fetch(`${server.url}/things`);
    expect(told()).toHaveLength(1);
    await server.close();
  });

  it("is not said twice where the policy is printed, nor where the caller has shown it", async () => {
    watchPrinted();
    const { app, told } = createDoubtful();
    const server = await app.serve({ host: "127.0.0.1", port: 0 });
    await fetch(`${server.url}/things`);
    await server.close();
    expect([printed.join("").match(/CONFIG_EXPIRATION_OPTIONAL/g)?.length, told().length]).toEqual([1, 0]);

    printed.length = 0;
    const shown = createDoubtful();
    const second = await shown.app.serve({ host: "127.0.0.1", port: 0, isPolicyShown: true });
    await fetch(`${second.url}/things`);
    await second.close();
    expect([printed, shown.told()]).toEqual([[], []]);
  });
});

describe("what a product opens", () => {
  const opening = () => {
    const events: string[] = [];
    const open: GuardedAppParts<Id>["open"] = async ({ isExamined }) => {
      events.push(isExamined ? "examined" : "opened");
      return { close: async () => void events.push("closed") };
    };
    return { events, open };
  };

  it("is opened by the first call that needs it, once, and closed once", async () => {
    const { events, open } = opening();
    const app = create([], { open });
    expect(events).toEqual([]);
    await Promise.all([app.ready(), get(app, "/things"), app.describe()]);
    expect(events).toEqual(["opened"]);
    await Promise.all([app.close(), app.close()]);
    expect(events).toEqual(["opened", "closed"]);
  });

  it("is not opened where nobody has asked for anything, or the keys are at fault", async () => {
    const { events, open } = opening();
    await create([], { open }).close();
    const options = { id: TEST_OS_ID, env: {}, authorizationConfig: { verificationKeys: ["no key"] } };
    await expect(create([], { open, options }).ready()).rejects.toThrow(ConfigurationError);
    expect(events).toEqual([]);
  });

  it("knows of who only looks at the configuration", async () => {
    const { events, open } = opening();
    const app = create([], { open });
    await app.ready({ isExamined: true });
    await get(app, "/things");
    await app.close();
    expect(events).toEqual(["examined", "closed"]);
  });

  it("is closed where the handlers cannot be made", async () => {
    const { events, open } = opening();
    const createHandlers = () => {
      throw new Error("no handlers");
    };
    await expect(create([], { open, createHandlers }).ready()).rejects.toThrow("no handlers");
    expect(events).toEqual(["opened", "closed"]);
  });

  it("lacks something for a while: 503 with its code, and the log has the cause; all else is 500", async () => {
    const logger = createTestLogger();
    const app = create([], {
      options: {
        id: TEST_OS_ID,
        env: {},
        logger,
        authorizationConfig: { verificationKeys: [verificationKey] },
        routes: [
          custom({
            path: "/fails/{what}",
            access: "public",
            handler: ({ parameters }) => {
              throw new Error(String(parameters["what"]));
            },
          }),
        ],
      },
      findOutage: (error) =>
        error instanceof Error && error.message === "away"
          ? { code: "STORE_UNAVAILABLE", limit: 0 }
          : undefined,
    });
    const away = await get(app, "/fails/away");
    expect([away.status, away.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await away.json()).toMatchObject({ code: "STORE_UNAVAILABLE", status: 503 });
    expect((await get(app, "/fails/other")).status).toBe(500);
    await app.close();
  });
});
