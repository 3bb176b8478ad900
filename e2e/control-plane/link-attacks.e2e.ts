// One-time links that were copied, used before, or are over; and what a link says to who has found one.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, sendInVain } from "./support/requests.ts";
import {
  expectDone,
  invite,
  joinPerson,
  newPassword,
  openWorld,
  secretOf,
  toPerson,
  type World,
} from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

const redemption = (secret: string, password = newPassword()) => ({
  method: "POST",
  path: "/api/links/redeem",
  body: { secret, password },
});
const inspection = (secret: string) => ({ method: "POST", path: "/api/links/inspect", body: { secret } });
const joining = () => ({ organizationId: world.acme.id, by: world.acme.owner, role: "member", name: "Nora" });

describe("a one-time link", () => {
  it("that was used signs nobody in, and changes no password", async () => {
    const { plane } = world;
    const { secret } = await invite(plane, joining());
    await expectDone(plane.send(redemption(secret)));
    expect(codeOf(await sendInVain(plane, redemption(secret)))).toBe("LINK_USED");
    expect(codeOf(await sendInVain(plane, inspection(secret)))).toBe("LINK_USED");
  });

  it("that two use at once lets one of them in", async () => {
    const { plane } = world;
    const { secret, personId } = await invite(plane, joining());
    const answers = await Promise.all([1, 2, 3].map(() => plane.send(redemption(secret))));
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([200, 409, 409]);
    const sessions = plane.readTables()["agentos_cp_sign_ins"] ?? [];
    expect(JSON.stringify(sessions).split(personId)).toHaveLength(2);
  });

  it("for the first Owner is nothing once there is one", async () => {
    const { plane } = world;
    const body = { name: "Eve", email: "eve@evil.example" };
    const call = redemption(plane.ownerSecret);
    const answer = await sendInVain(plane, { ...call, body: { ...call.body, ...body } });
    expect(codeOf(answer)).toBe("LINK_USED");
  });

  it("ends when a newer one is made for the same person", async () => {
    const { plane, acme } = world;
    const { secret, personId } = await invite(plane, joining());
    const path = `/api/organizations/${acme.id}/members/${personId}/link`;
    const answer = await expectDone(plane.send({ method: "POST", path, cookie: acme.owner.cookie }));
    const { url } = JSON.parse(answer.text) as { readonly url: string };
    expect(codeOf(await sendInVain(plane, redemption(secret)))).toBe("LINK_UNKNOWN");
    await expectDone(plane.send(redemption(secretOf(url))));
  });

  it("of a member who was removed lets nobody in", async () => {
    const { plane, acme } = world;
    const { secret, personId } = await invite(plane, joining());
    const path = `/api/organizations/${acme.id}/members/${personId}`;
    await expectDone(plane.send({ method: "DELETE", path, cookie: acme.owner.cookie }));
    expect(codeOf(await sendInVain(plane, redemption(secret)))).toBe("LINK_UNKNOWN");
  });

  it("that is over lets nobody in", async () => {
    const { plane } = world;
    const { secret, personId } = await invite(plane, joining());
    plane.execute(`update agentos_cp_links set expires_at = 1000 where person_id = '${personId}'`);
    // So old a link is forgotten with the next that is made; until then it is told that it has ended.
    expect(codeOf(await sendInVain(plane, redemption(secret)))).toBe("LINK_EXPIRED");
  });

  it("lets in for whom it was made, whatever is sent with it", async () => {
    const { plane, acme } = world;
    const { secret, email } = await invite(plane, joining());
    const call = redemption(secret);
    const body = { ...call.body, email: acme.owner.email, name: "Olga Owner" };
    const answer = await expectDone(plane.send({ ...call, body }));
    expect(JSON.parse(answer.text)).toMatchObject({ person: { name: "Nora", email } });
  });

  it("with another password ends every session that the person has", async () => {
    const { plane, acme } = world;
    const person = await joinPerson(plane, joining());
    const path = `/api/organizations/${acme.id}/members/${person.id}/link`;
    const made = await expectDone(plane.send({ method: "POST", path, cookie: acme.owner.cookie }));
    const { url } = JSON.parse(made.text) as { readonly url: string };
    const password = newPassword();
    const again = toPerson(await expectDone(plane.send(redemption(secretOf(url), password))), {
      ...person,
      password,
    });
    expect(codeOf(await plane.send({ path: "/api/session", cookie: person.cookie }))).toBe(
      "AUTH_SIGN_IN_ENDED",
    );
    await expectDone(plane.send({ path: "/api/session", cookie: again.cookie }));
    const body = { email: person.email, password: person.password };
    const old = await plane.send({ method: "POST", path: "/api/sign-in", body });
    expect(codeOf(old)).toBe("SIGN_IN_FAILED");
  });

  it.each([
    ["too short", "abc"],
    ["of another alphabet", "ä".repeat(43)],
    ["a hash from the database", "hash"],
    ["an object", { $ne: null }],
  ])("with a secret that is %s opens nothing", async (_, given) => {
    const { plane } = world;
    const { personId } = await invite(plane, joining());
    const rows = JSON.stringify(plane.readTables()["agentos_cp_links"]);
    const hash = /"secret_hash":"([^"]+)"/.exec(rows.slice(0, rows.indexOf(personId)))?.[1] ?? "";
    expect(hash).toHaveLength(43);
    const body = { secret: given === "hash" ? hash : given, password: newPassword() };
    const answer = await sendInVain(plane, { method: "POST", path: "/api/links/redeem", body });
    expect([404, 422]).toContain(answer.status);
  });
});
