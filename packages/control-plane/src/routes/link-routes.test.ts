import { afterEach, describe, expect, it, vi } from "vitest";
import { hashLinkSecret } from "../sign-in/create-link.ts";
import { createLocalLink, createOwnerLink, createResetLink } from "../sign-in/ways-in.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { openSignInApp, PASSWORD, type SignInApp, statusesOf } from "./sign-in-app.fixture.ts";

// Passwords are hashed slowly, on purpose, and others use this machine too.
vi.setConfig({ testTimeout: 120_000 });

const OWNER = { name: "Ada", email: "ada@example.com", password: PASSWORD };

describe.each(TEST_DIALECTS)("a one-time link on %s", (dialect) => {
  let app: SignInApp;
  afterEach(() => app.close());

  const redeem = (secret: string, more: object = OWNER, from?: string) =>
    app.send("POST /api/links/redeem", {
      body: { secret, ...more },
      ...(from === undefined ? {} : { from }),
    });
  const inspect = (secret: string, from?: string) =>
    app.send("POST /api/links/inspect", { body: { secret }, ...(from === undefined ? {} : { from }) });
  const open = async () => {
    app = await openSignInApp(dialect);
    return (await createOwnerLink(app.store)).link.secret;
  };
  const count = (table: "agentos_cp_members" | "agentos_cp_organizations" | "agentos_cp_sign_ins") =>
    app.store.read(async (db) => (await db.selectFrom(table).selectAll().execute()).length);

  it("is inspected as often as one likes, and works once", async () => {
    const secret = await open();
    for (let time = 0; time < 3; time += 1)
      expect(await inspect(secret)).toMatchObject({
        status: 200,
        body: { purpose: "owner", person: null, needs_password: true, expires_at: app.clock.now + 600 },
      });
    expect((await redeem(secret)).status).toBe(200);
    expect(await redeem(secret)).toMatchObject({ status: 409, body: { code: "LINK_USED" } });
    expect((await inspect(secret)).body.title).toContain("2027-01-15T08:00:00Z");
  });

  it("of two who use it at once, one does", async () => {
    const secret = await open();
    const answers = await Promise.all([redeem(secret), redeem(secret), redeem(secret)]);
    expect(statusesOf(answers)).toEqual([200, 409, 409]);
    expect(await count("agentos_cp_members")).toBe(1);
    expect(await count("agentos_cp_organizations")).toBe(1);
    expect(await count("agentos_cp_sign_ins")).toBe(1);
  });

  it("for the first Owner makes one, whoever else has one too", async () => {
    const first = await open();
    // Made while the other was made: as if neither had seen the other.
    const second = "b".repeat(43);
    await app.store.note((db, now) =>
      db
        .insertInto("agentos_cp_links")
        .values({
          secret_hash: hashLinkSecret(second),
          purpose: "owner",
          person_id: null,
          created_at: now,
          expires_at: now + 600,
          used_at: null,
          created_by: null,
        })
        .execute(),
    );
    const answers = await Promise.all([
      redeem(first),
      redeem(second, { ...OWNER, email: "eve@example.com" }),
    ]);
    expect(statusesOf(answers)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("LINK_OWNER_EXISTS");
    expect(await count("agentos_cp_members")).toBe(1);
  });

  it("ends after ten minutes", async () => {
    const secret = await open();
    app.clock.now += 600;
    expect(await redeem(secret)).toMatchObject({ status: 409, body: { code: "LINK_EXPIRED" } });
  });

  it("ends when a newer one is made", async () => {
    const secret = await open();
    for (const cut of [secret.slice(0, -1), "cut", ""])
      for (const answer of [await inspect(cut), await redeem(cut)])
        expect(answer).toMatchObject({ status: 404, body: { code: "LINK_UNKNOWN" } });
    const newer = (await createOwnerLink(app.store)).link.secret;
    expect(await redeem(secret)).toMatchObject({ status: 404, body: { code: "LINK_UNKNOWN" } });
    expect((await redeem(newer)).status).toBe(200);
  });

  it("stays unused when something is missing or wrong", async () => {
    const secret = await open();
    expect(await redeem(secret, {})).toMatchObject({
      status: 422,
      body: { code: "LINK_DETAILS_MISSING", fix: "send name, email, password with it" },
    });
    expect((await redeem(secret, { ...OWNER, password: "short" })).status).toBe(422);
    expect((await redeem(secret, { ...OWNER, password: "ada@example.com1" })).body.code).toBe(
      "PASSWORD_TOO_COMMON",
    );
    expect((await redeem(secret, { ...OWNER, role: "owner" })).status).toBe(422);
    expect((await redeem(secret)).status).toBe(200);
  });

  it("is kept as a hash alone", async () => {
    const secret = await open();
    const links = await app.store.read((db) => db.selectFrom("agentos_cp_links").selectAll().execute());
    const audit = await app.store.read((db) => db.selectFrom("agentos_cp_audit").selectAll().execute());
    expect(links).toHaveLength(1);
    expect(JSON.stringify([links, audit])).not.toContain(secret);
  });

  it("that lets an Owner in asks for nothing more", async () => {
    app = await openSignInApp(dialect);
    const { link, personId } = await createLocalLink(app.store, "Local");
    const answer = await redeem(link.secret, {});
    expect(answer.body).toMatchObject({
      person: { id: personId, has_password: false },
      memberships: [{ role: "owner", organization: { name: "Local" } }],
    });
    const again = await createLocalLink(app.store, "Local");
    expect(again.personId).toBe(personId);
    // The machine's own way in, once there is an Owner.
    expect((await createOwnerLink(app.store)).email).toBe("owner@agentos.localhost");
    expect((await redeem(again.link.secret, {})).body.code).toBe("LINK_UNKNOWN");
  });

  it("of somebody who is gone is gone", async () => {
    const secret = await open();
    await redeem(secret);
    const reset = await createResetLink(app.store, OWNER.email);
    await app.store.note((db) => db.deleteFrom("agentos_cp_persons").execute());
    expect((await redeem(reset.secret)).body.code).toBe("LINK_UNKNOWN");
  });

  it("cannot be guessed for long from one address, and nobody else is kept out", async () => {
    const secret = await open();
    const guess = (n: number) => inspect(String(n).padStart(43, "x"), "2001:db8:1:1::1");
    for (let n = 0; n < 20; n += 1) expect((await guess(n)).status).toBe(404);
    expect(await guess(20)).toMatchObject({ status: 429, body: { code: "LINK_THROTTLED" } });
    expect((await guess(21)).headers.get("retry-after")).toBe("60");
    // Another address of the same network is the same client.
    expect((await redeem(secret, OWNER, "2001:db8:1:1::2")).status).toBe(429);
    expect((await redeem(secret, OWNER, "2001:db8:1:2::1")).status).toBe(200);
  });

  it("is not redeemed by a page of another site", async () => {
    const secret = await open();
    const answer = await app.send("POST /api/links/redeem", {
      body: { secret, ...OWNER },
      headers: { origin: "https://evil.test", "sec-fetch-site": "cross-site" },
    });
    expect(answer.body.code).toBe("AUTH_COOKIE_CROSS_SITE");
    expect((await inspect(secret)).status).toBe(200);
  });
});
