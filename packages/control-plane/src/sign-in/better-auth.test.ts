import { getAuthTables } from "better-auth/db";
import { sql } from "kysely";
import { afterEach, describe, expect, it, vi } from "vitest";
import { COMMAND_LINE } from "../store/actor.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import {
  createBetterAuthOptions,
  createSessions,
  nameSessionCookie,
  type Sessions,
  SIGN_INS_PER_MINUTE,
} from "./better-auth.ts";
import { createPerson } from "./create-person.ts";
import { keepPassword } from "./passwords.ts";
import { createSessionTables } from "./session-tables.ts";
import { runSignInCall } from "./sign-in-call.ts";

// Passwords are hashed slowly, on purpose, and others use this machine too.
vi.setConfig({ testTimeout: 120_000 });

const PUBLIC_URL = new URL("https://console.test");
const PASSWORD = "four words of mine";
const EMAIL = "ada@example.com";

let test: TestStore;
afterEach(() => test.close());

const settings = () => ({
  store: test.store,
  publicUrl: PUBLIC_URL,
  secret: "of this test alone, and forty-three letters",
  now: () => test.clock.now,
});

async function addPerson(sessions: Sessions): Promise<string> {
  const hash = await sessions.hashPassword(PASSWORD);
  return test.store.change(COMMAND_LINE, async (change) => {
    const personId = await createPerson(change, { name: "Ada", email: EMAIL });
    await keepPassword(change, personId, hash);
    await change.audit({
      organizationId: null,
      action: "person.created",
      target: { kind: "person", id: personId },
    });
    return personId;
  });
}

function signIn(sessions: Sessions, headers: Record<string, string>, address = "192.0.2.1") {
  const request = new Request(new URL("/api/sign-in", PUBLIC_URL), { method: "POST", headers });
  return sessions.signInWithPassword({ email: EMAIL, password: PASSWORD, request, address });
}

describe.each(TEST_DIALECTS)("better-auth on %s", (dialect) => {
  const open = async () => {
    test = await openTestStore(dialect);
    const sessions = createSessions(settings());
    await addPerson(sessions);
    return sessions;
  };

  // Its checks switch themselves off where NODE_ENV is "test": without the setting these would be signed in.
  it.each([
    ["another origin", { origin: "https://evil.test" }],
    ["a sibling of ours", { origin: "https://evil.console.test" }],
    ["another scheme", { origin: "http://console.test" }],
    ["no origin that it can name", { origin: "null" }],
    ["a form of another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
  ])("itself refuses a request of %s, under NODE_ENV=test as well", async (_name, headers) => {
    const sessions = await open();
    expect(process.env["NODE_ENV"]).toBe("test");
    expect(await signIn(sessions, headers)).toBe("cross-site");
    const begun = await test.store.read((db) => db.selectFrom("agentos_cp_sign_ins").selectAll().execute());
    expect(begun).toEqual([]);
    expect(await signIn(sessions, { origin: PUBLIC_URL.origin })).toHaveProperty("sessionId");
  });

  it.each([
    ["a browser that sends no origin, and where it comes from", { referer: "https://console.test/" }],
    ["a browser that says of the page only that it is ours", {}],
  ])("signs in %s", async (_name, headers) => {
    const sessions = await open();
    const fetched = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
    expect(await signIn(sessions, { ...fetched, ...headers })).toHaveProperty("sessionId");
    const elsewhere = { ...fetched, referer: "https://127.0.0.1/" };
    expect(await signIn(sessions, elsewhere)).toBe("cross-site");
  });

  it("believes no address that the client names", async () => {
    const sessions = await open();
    await signIn(sessions, {
      "x-forwarded-for": "203.0.113.9",
      "x-agentos-client-address": "203.0.113.9",
      "user-agent": "x".repeat(1_000),
    });
    const [row] = await test.store.read((db) => db.selectFrom("agentos_cp_sign_ins").selectAll().execute());
    expect(row).toMatchObject({ address: "192.0.2.1", user_agent: "x".repeat(300) });
    const counted = await test.store.read((db) =>
      db.selectFrom("agentos_cp_rate_limits").select("key").execute(),
    );
    expect(counted).toEqual([{ key: "192.0.2.1|/sign-in/email" }]);
  });

  it("counts requests by address in the database, and the next address is not kept out", async () => {
    const sessions = await open();
    await signIn(sessions, {});
    await test.store.note((db) =>
      db.updateTable("agentos_cp_rate_limits").set({ count: SIGN_INS_PER_MINUTE }).execute(),
    );
    expect(await signIn(sessions, {})).toBe("throttled");
    expect(await signIn(sessions, {}, "192.0.2.2")).toHaveProperty("sessionId");
  });

  it("keeps a bounded number of counts and of sessions, the newest", async () => {
    const sessions = await open();
    const { id: personId } = await test.store.read((db) =>
      db.selectFrom("agentos_cp_persons").select("id").executeTakeFirstOrThrow(),
    );
    await test.store.note(async (db) => {
      const numbers = Array.from({ length: 10_000 }, (_, n) => n);
      for (let from = 0; from < numbers.length; from += 2_000)
        await db
          .insertInto("agentos_cp_rate_limits")
          .values(
            numbers
              .slice(from, from + 2_000)
              .map((n) => ({ id: `${n}`, key: `${n}`, count: 1, last_request: n })),
          )
          .execute();
      await db
        .insertInto("agentos_cp_sign_ins")
        .values(
          numbers.slice(0, 100).map((n) => ({
            id: `old-${n}`,
            person_id: personId,
            token: `${n}`,
            expires_at: test.clock.now + 60,
            address: null,
            user_agent: null,
            created_at: test.clock.now - 200 + n,
            updated_at: 0,
          })),
        )
        .execute();
    });
    const begun = await signIn(sessions, {});
    const ids = await test.store.read((db) => db.selectFrom("agentos_cp_sign_ins").select("id").execute());
    expect(ids).toHaveLength(100);
    expect(ids).not.toContainEqual({ id: "old-0" });
    expect(ids).toContainEqual({ id: typeof begun === "string" ? begun : begun.sessionId });
    const counts = await test.store.read((db) =>
      db.selectFrom("agentos_cp_rate_limits").select("key").orderBy("last_request").execute(),
    );
    expect(counts).toHaveLength(10_000);
    expect(counts[0]).toEqual({ key: "1" });
    expect(counts.at(-1)).toEqual({ key: "192.0.2.1|/sign-in/email" });
  });

  it("gives what a query throws, and prints nothing", async () => {
    const sessions = await open();
    const print = vi.spyOn(console, "error");
    await test.store.note((db) => sql`alter table agentos_cp_sign_ins rename to gone`.execute(db));
    await expect(sessions.findSession(await forged(sessions))).rejects.toMatchObject({
      name: "StorageError",
    });
    await expect(signIn(sessions, {})).rejects.toMatchObject({ name: "StorageError" });
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  /** A cookie with a signature that holds. */
  const forged = async (sessions: Sessions) => {
    const cookie = await sessions.issueCookie({ sessionId: "s", personId: "p", token: "t".repeat(32) });
    return /=([^;]*)/.exec(cookie)?.[1] ?? "";
  };

  it("begins no session with a password that was changed while it was compared", async () => {
    await open();
    const tables = createSessionTables(test.store);
    const account = await test.store.read((db) =>
      db.selectFrom("agentos_cp_accounts").selectAll().executeTakeFirstOrThrow(),
    );
    const begin = (id: string, meanwhile: () => Promise<unknown>) =>
      runSignInCall({ by: "password", address: undefined }, async () => {
        await tables.findMany("agentos_cp_accounts", [{ field: "id", value: account.id }], 1);
        await meanwhile();
        return tables.create("agentos_cp_sign_ins", { id, person_id: account.person_id, token: id });
      });
    await begin("first", async () => undefined);
    const change = () =>
      test.store.change(COMMAND_LINE, async (made) => {
        await keepPassword(made, account.person_id, "another hash");
        await made.audit({ organizationId: null, action: "x.y", target: { kind: "person", id: "x" } });
      });
    await expect(begin("second", change)).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  });

  it("may begin sessions and count, and change nothing else", async () => {
    await open();
    const tables = createSessionTables(test.store);
    const row = { id: "x", person_id: "x" };
    for (const table of ["agentos_cp_persons", "agentos_cp_accounts", "agentos_cp_verifications"]) {
      await expect(tables.create(table, row)).rejects.toThrow("INVARIANT");
      await expect(tables.delete(table, [{ field: "id", value: "x" }])).rejects.toThrow("INVARIANT");
      await expect(tables.increment(table, [], { by: {}, set: row })).rejects.toThrow("INVARIANT");
    }
    await expect(tables.create("agentos_cp_sign_ins", row)).rejects.toThrow("INVARIANT");
    await expect(tables.delete("agentos_cp_sign_ins", [])).rejects.toThrow("INVARIANT");
  });
});

it("our tables have every column that better-auth expects, and no other", async () => {
  test = await openTestStore("sqlite");
  for (const table of Object.values(getAuthTables(createBetterAuthOptions(settings())))) {
    const expected = Object.entries(table.fields).map(([field, { fieldName }]) => fieldName ?? field);
    const { rows } = await test.database.read((db) =>
      sql<{ name: string }>`select name from pragma_table_info(${table.modelName})`.execute(db),
    );
    expect([table.modelName, ...rows.map(({ name }) => name).toSorted()]).toEqual([
      table.modelName,
      ...["id", ...expected].toSorted(),
    ]);
  }
});

it("a secret in the environment is not the one that signs", async () => {
  test = await openTestStore("sqlite");
  const before = await createSessions(settings()).issueCookie({ sessionId: "s", personId: "p", token: "t" });
  process.env["BETTER_AUTH_SECRET"] = "x".repeat(43);
  process.env["BETTER_AUTH_SECRETS"] = `2:${"y".repeat(43)}`;
  try {
    const after = await createSessions(settings()).issueCookie({ sessionId: "s", personId: "p", token: "t" });
    expect(after).toBe(before);
  } finally {
    delete process.env["BETTER_AUTH_SECRET"];
    delete process.env["BETTER_AUTH_SECRETS"];
  }
});

it("the cookie is bound to its host, and to https where there is https", async () => {
  test = await openTestStore("sqlite");
  expect(nameSessionCookie(PUBLIC_URL)).toEqual({
    name: "__Host-agentos_session",
    attributes: { httpOnly: true, secure: true, sameSite: "strict", path: "/" },
  });
  // Cookies do not heed ports: two control planes on one machine have one each.
  expect(nameSessionCookie(new URL("http://localhost:7778"))).toEqual({
    name: "agentos_session_7778",
    attributes: { httpOnly: true, secure: false, sameSite: "strict", path: "/" },
  });
});
