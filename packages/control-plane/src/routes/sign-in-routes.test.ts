import { afterEach, describe, expect, it, vi } from "vitest";
import { createLink } from "../sign-in/create-link.ts";
import { createPerson } from "../sign-in/create-person.ts";
import { createOwnerLink, createResetLink } from "../sign-in/ways-in.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { openSignInApp, PASSWORD, type SignInApp, statusesOf } from "./sign-in-app.fixture.ts";

// Passwords are hashed slowly, on purpose, and others use this machine too.
vi.setConfig({ testTimeout: 120_000 });

const OWNER = { name: "Ada", email: "ada@example.com", password: PASSWORD };

describe.each(TEST_DIALECTS)("signing in on %s", (dialect) => {
  let app: SignInApp;
  afterEach(() => app.close());

  async function open() {
    app = await openSignInApp(dialect);
    const { link } = await createOwnerLink(app.store);
    const owner = await app.send("POST /api/links/redeem", { body: { secret: link.secret, ...OWNER } });
    expect(owner.status).toBe(200);
    return owner;
  }
  const signIn = (password = PASSWORD, email = OWNER.email) =>
    app.send("POST /api/sign-in", { body: { email, password } });
  const auditActions = async () =>
    (await app.store.read((db) => db.selectFrom("agentos_cp_audit").select("action").execute())).map(
      ({ action }) => action,
    );

  it("the first Owner comes by a link, and is told who they are", async () => {
    const owner = await open();
    expect(owner.body).toMatchObject({
      person: { name: "Ada", email: "ada@example.com", has_password: true },
      memberships: [{ role: "owner", organization: { name: "Organization of Ada" } }],
    });
    expect(owner.setCookie).toMatch(
      /^__Host-agentos_session=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await app.send("GET /api/session", { cookie: owner.cookie })).body).toEqual(owner.body);
    expect(await auditActions()).toEqual([
      "link.created",
      "organization.created",
      "password.set",
      "session.begun",
    ]);
  });

  it("the first Owner may name their organization", async () => {
    app = await openSignInApp(dialect);
    const { link } = await createOwnerLink(app.store);
    const body = { secret: link.secret, ...OWNER, organization_name: "Analytical Engines" };
    expect((await app.send("POST /api/links/redeem", { body })).body).toMatchObject({
      memberships: [{ organization: { name: "Analytical Engines" } }],
    });
  });

  it("the password signs in, and nothing else does", async () => {
    await open();
    expect(await signIn()).toMatchObject({ status: 200, body: { person: { name: "Ada" } } });
    const wrong = await signIn("another password");
    expect(wrong).toMatchObject({ status: 401, body: { code: "SIGN_IN_FAILED" }, setCookie: undefined });
    const unknown = await signIn(PASSWORD, "bob@example.com");
    expect(unknown.body).toEqual(wrong.body);
  });

  it("failures from one address keep that address out, and nobody else", async () => {
    await open();
    const from = (address: string, password: string) =>
      app.send("POST /api/sign-in", { body: { email: OWNER.email, password }, from: address });
    expect((await from("198.51.100.1", "not the password")).status).toBe(401);
    // As if it had been five: each is hashed slowly, on purpose.
    await app.store.note((db) =>
      db.updateTable("agentos_cp_attempts").set({ count: 5 }).where("key", "like", "%198.51.100.1").execute(),
    );
    const throttled = await from("198.51.100.1", PASSWORD);
    expect(throttled).toMatchObject({ status: 429, body: { code: "SIGN_IN_THROTTLED" } });
    expect(throttled.headers.get("retry-after")).toBe("60");
    expect((await from("192.0.2.7", PASSWORD)).status).toBe(200);
    app.clock.now += 60;
    expect((await from("198.51.100.1", PASSWORD)).status).toBe(200);
  });

  it("a flood of sign-ins is refused beyond a short queue, and delays nobody who is signed in", async () => {
    const { cookie } = await open();
    let hashed = 0;
    const flood = Array.from({ length: 40 }, async (_, index) => {
      const body = { email: `nobody${index}@example.com`, password: PASSWORD };
      const answer = await app.send("POST /api/sign-in", { body, from: `198.51.100.${index}` });
      if (answer.status === 401) hashed += 1;
      return answer;
    });
    expect((await app.send("GET /api/session", { cookie })).status).toBe(200);
    expect(hashed).toBeLessThan(20);
    const answers = await Promise.all(flood);
    const busy = answers.filter(({ status }) => status === 503);
    expect(hashed).toBeGreaterThanOrEqual(22);
    expect(busy.length).toBe(40 - hashed);
    expect(busy[0]).toMatchObject({ body: { code: "SIGN_IN_BUSY" }, setCookie: undefined });
    expect(busy[0]?.headers.get("retry-after")).toBe("5");
    const failed = await app.store.read((db) =>
      db
        .selectFrom("agentos_cp_attempts")
        .select("key")
        .where("key", "like", "address 198.%")
        .where("count", ">", 0)
        .execute(),
    );
    expect(failed).toHaveLength(hashed);
  });

  it("signing out ends the session, not only the cookie", async () => {
    const { cookie } = await open();
    const out = await app.send("POST /api/sign-out", { cookie });
    expect(out.setCookie).toMatch(/^__Host-agentos_session=; Path=\/; Max-Age=0/);
    expect(await app.send("GET /api/session", { cookie })).toMatchObject({
      status: 401,
      body: { code: "AUTH_SIGN_IN_ENDED" },
    });
    expect(await auditActions()).toContain("session.signed-out");
  });

  it("a session ends after a week, used or not", async () => {
    const { cookie } = await open();
    app.clock.now += 7 * 86_400 - 1;
    expect((await app.send("GET /api/session", { cookie })).status).toBe(200);
    app.clock.now += 1;
    expect((await app.send("GET /api/session", { cookie })).status).toBe(401);
  });

  it("a cookie that was changed signs nobody in", async () => {
    const { cookie = "" } = await open();
    const changed = `${cookie.slice(0, 30)}${cookie[30] === "a" ? "b" : "a"}${cookie.slice(31)}`;
    expect((await app.send("GET /api/session", { cookie: changed })).status).toBe(401);
    expect((await app.send("GET /api/session")).body).toMatchObject({ code: "AUTH_SIGN_IN_REQUIRED" });
  });

  it("a copy of the database signs nobody in", async () => {
    const { cookie = "" } = await open();
    const [row] = await app.store.read((db) => db.selectFrom("agentos_cp_sign_ins").selectAll().execute());
    expect(decodeURIComponent(cookie)).not.toContain(row?.token);
    const [, signature = ""] = decodeURIComponent(cookie).split(".");
    const copied = `${app.cookieName}=${encodeURIComponent(`${row?.token}.${signature}`)}`;
    expect((await app.send("GET /api/session", { cookie: copied })).status).toBe(401);
  });

  it("a new password ends every other session, and the old one is no password any more", async () => {
    const first = await open();
    const { cookie } = await signIn();
    const set = (current_password: string | undefined, new_password: string) =>
      app.send("POST /api/password", { cookie, body: { current_password, new_password } });
    expect((await set(undefined, "quite another phrase")).body).toMatchObject({ code: "PASSWORD_WRONG" });
    expect((await set("not the password", "quite another phrase")).body).toMatchObject({
      code: "PASSWORD_WRONG",
    });
    expect((await set(PASSWORD, "password1234")).body).toMatchObject({ code: "PASSWORD_TOO_COMMON" });
    expect((await set(PASSWORD, "short")).status).toBe(422);
    expect((await set(PASSWORD, "quite another phrase")).status).toBe(200);
    expect((await app.send("GET /api/session", { cookie })).status).toBe(200);
    expect((await app.send("GET /api/session", { cookie: first.cookie })).status).toBe(401);
    expect((await signIn()).status).toBe(401);
    expect((await signIn("quite another phrase")).status).toBe(200);
  });

  it("of two who change a password at once, one does", async () => {
    const { cookie } = await open();
    const change = (new_password: string) =>
      app.send("POST /api/password", { cookie, body: { current_password: PASSWORD, new_password } });
    const answers = await Promise.all([change("quite another phrase"), change("yet another phrase")]);
    expect(statusesOf(answers)).toEqual([200, 403]);
  });

  it("wrong current passwords are throttled within a session, and another session is not kept out", async () => {
    const { cookie } = await open();
    const set = (current_password: string, of = cookie) =>
      app.send("POST /api/password", {
        cookie: of,
        body: { current_password, new_password: "quite another phrase" },
      });
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await set("wrong one")).status).toBe(403);
    expect((await set(PASSWORD)).body).toMatchObject({ code: "SIGN_IN_THROTTLED" });
    const other = await signIn();
    expect((await set(PASSWORD, other.cookie)).status).toBe(200);
  });

  it("sessions are listed, and ended one by one or all but this one", async () => {
    const first = await open();
    app.clock.now += 1;
    const second = await signIn();
    const third = await signIn();
    const list = async () => (await app.send("GET /api/sessions", { cookie: second.cookie })).body.data ?? [];
    const all = await list();
    expect(all).toHaveLength(3);
    expect(all.filter((session) => session.is_current)).toEqual([
      expect.objectContaining({ id: second.body.session?.id, address: "192.0.2.1" }),
    ]);
    const end = await app.send(`DELETE /api/sessions/${first.body.session?.id}`, { cookie: second.cookie });
    expect(end.status).toBe(200);
    expect((await app.send("GET /api/session", { cookie: first.cookie })).status).toBe(401);
    await app.send("DELETE /api/sessions", { cookie: second.cookie });
    expect((await app.send("GET /api/session", { cookie: third.cookie })).status).toBe(401);
    expect(await list()).toHaveLength(1);
  });

  it("nobody ends a session of somebody else", async () => {
    const owner = await open();
    const { link } = await addPerson(app, "bob@example.com");
    const bob = await app.send("POST /api/links/redeem", { body: { secret: link, password: PASSWORD } });
    expect(
      await app.send(`DELETE /api/sessions/${owner.body.session?.id}`, { cookie: bob.cookie }),
    ).toMatchObject({ status: 404, body: { code: "SESSION_UNKNOWN" } });
    expect((await app.send("GET /api/session", { cookie: owner.cookie })).status).toBe(200);
  });

  it("a name is changed, and what cannot be seen in one is refused", async () => {
    const { cookie } = await open();
    expect(await app.send("PATCH /api/person", { cookie, body: { name: " Ada L. " } })).toMatchObject({
      status: 200,
      body: { name: "Ada L." },
    });
    expect((await app.send("PATCH /api/person", { cookie, body: { name: "Ada\u202e" } })).status).toBe(422);
    expect(
      (await app.send("PATCH /api/person", { cookie, body: { name: "A", email: "x@y.zz" } })).status,
    ).toBe(422);
  });

  it("a page of another site signs nobody in", async () => {
    await open();
    const body = { email: OWNER.email, password: PASSWORD };
    for (const headers of [
      { origin: "https://evil.test", "sec-fetch-site": "cross-site" },
      { origin: "https://other.console.test", "sec-fetch-site": "same-site" },
      { origin: "null", "sec-fetch-site": "cross-site" },
    ])
      expect(await app.send("POST /api/sign-in", { body, headers })).toMatchObject({
        status: 403,
        body: { code: "AUTH_COOKIE_CROSS_SITE" },
        setCookie: undefined,
      });
  });

  it("who has opened the page at another address is told the right one", async () => {
    await open();
    const answer = await app.send("POST /api/sign-in", {
      body: { email: OWNER.email, password: PASSWORD },
      headers: { origin: "https://127.0.0.1", host: "127.0.0.1", "sec-fetch-site": "same-origin" },
    });
    expect(answer.body).toMatchObject({ code: "SIGN_IN_PAGE_ELSEWHERE" });
    expect(answer.body.fix).toContain("https://console.test");
  });

  it("a reset link sets the password, and ends every session", async () => {
    const before = await open();
    const { secret } = await createResetLink(app.store, "ADA@example.com ");
    const body = { secret, password: "quite another phrase" };
    expect((await app.send("POST /api/links/redeem", { body })).status).toBe(200);
    expect((await app.send("GET /api/session", { cookie: before.cookie })).status).toBe(401);
    expect((await signIn("quite another phrase")).status).toBe(200);
    await expect(createResetLink(app.store, "nobody@example.com")).rejects.toMatchObject({
      code: "PERSON_UNKNOWN",
    });
  });
});

async function addPerson(app: SignInApp, email: string) {
  const made = await app.store.change({ kind: "command-line" }, async (change) => {
    const personId = await createPerson(change, { name: "Bob", email });
    return createLink(change, { purpose: "invitation", personId, organizationId: null });
  });
  return { link: made.secret };
}
