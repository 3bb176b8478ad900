// Whatever ends a session or a membership also ends the tokens that came of it: each way, and what is told to instances.
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  expectDone,
  joinPerson,
  newPassword,
  openWorld,
  type Person,
  secretOf,
  signInAgain,
  type World,
} from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

const inAcme = (part: string) => `/api/organizations/${world.acme.id}/${part}`;
const revocationsSchema = z.object({
  data: z.array(z.object({ person_id: z.string().nullable(), reason: z.string(), kind: z.string() })),
});

/** Reasons of what instances are to be told about a person, one for each sign-in of theirs. */
async function reasonsFor({ id }: Person): Promise<readonly string[]> {
  const { cookie } = world.acme.owner;
  const answer = await expectDone(world.plane.send({ path: inAcme("revocations?limit=100"), cookie }));
  const { data } = revocationsSchema.parse(JSON.parse(answer.text));
  return data.flatMap(({ person_id: personId, reason }) => (personId === id ? [reason] : []));
}

/** A Member with a token that lives. */
async function joinWithToken(): Promise<Person> {
  const { acme, plane } = world;
  const person = await joinPerson(plane, {
    organizationId: acme.id,
    by: acme.owner,
    role: "member",
    name: "Nora",
  });
  await mint(person);
  return person;
}

async function mint({ cookie }: Person): Promise<void> {
  const path = inAcme(`instances/${world.acme.instanceId}/tokens`);
  await expectDone(world.plane.send({ method: "POST", path, cookie, body: {} }));
}

const asOwner = (method: string, path: string, body?: unknown) =>
  expectDone(world.plane.send({ method, path, cookie: world.acme.owner.cookie, body }));
const asPerson = ({ cookie }: Person, method: string, path: string, body?: unknown) =>
  expectDone(world.plane.send({ method, path, cookie, body }));

describe("tokens are revoked on the instances", () => {
  it.each<readonly [title: string, reason: string, end: (person: Person) => Promise<unknown>]>([
    ["who signs out", "session-ended", (person) => asPerson(person, "POST", "/api/sign-out")],
    [
      "who ends this very session in another one",
      "session-ended",
      async (person) =>
        asPerson(await signInAgain(world.plane, person), "DELETE", `/api/sessions/${person.sessionId}`),
    ],
    [
      "who ends all others",
      "session-ended",
      async (person) => asPerson(await signInAgain(world.plane, person), "DELETE", "/api/sessions"),
    ],
    [
      "who sets another password in another session",
      "password-changed",
      async (person) =>
        asPerson(await signInAgain(world.plane, person), "POST", "/api/password", {
          current_password: person.password,
          new_password: newPassword(),
        }),
    ],
    [
      "who gets in by a link that sets a password",
      "password-changed",
      async ({ id }) => {
        const { text } = await asOwner("POST", inAcme(`members/${id}/link`));
        const { url } = z.object({ url: z.string() }).parse(JSON.parse(text));
        const body = { secret: secretOf(url), password: newPassword() };
        await expectDone(world.plane.send({ method: "POST", path: "/api/links/redeem", body }));
      },
    ],
    [
      "whose role is changed",
      "role-changed",
      ({ id }) => asOwner("PATCH", inAcme(`members/${id}`), { role: "administrator" }),
    ],
    ["who is removed", "member-removed", ({ id }) => asOwner("DELETE", inAcme(`members/${id}`))],
  ])("of %s", async (_, reason, end) => {
    const person = await joinWithToken();
    expect(await reasonsFor(person)).toEqual([]);
    await end(person);
    expect(await reasonsFor(person)).toEqual([reason]);
  });

  it("of the oldest session, which a new one pushes out", async () => {
    const person = await joinWithToken();
    // One of a hundred is begun by a link, and is the oldest.
    for (let count = 0; count < 100; count += 1) world.plane.execute(copySession(person, count));
    await signInAgain(world.plane, person);
    expect(await reasonsFor(person)).toContain("session-ended");
  });

  it("of nobody who only signs in again", async () => {
    const person = await joinWithToken();
    await signInAgain(world.plane, person);
    expect(await reasonsFor(person)).toEqual([]);
  });
});

/** Another session of the same person, begun later; nobody has its cookie. */
function copySession({ sessionId }: Person, count: number): string {
  return `insert into agentos_cp_sign_ins (id, person_id, token, expires_at, address, user_agent, created_at, updated_at)
    select 'copy-${count}-' || id, person_id, 'copy-${count}-' || token, expires_at, address, user_agent,
      created_at + ${count + 1}, updated_at from agentos_cp_sign_ins where id = '${sessionId}'`;
}

describe("a body that is still on its way when its sender is shut out", () => {
  it.each<readonly [title: string, code: string, shutOut: (person: Person) => Promise<unknown>]>([
    ["removed", "AUTH_SIGN_IN_ENDED", ({ id }) => asOwner("DELETE", inAcme(`members/${id}`))],
    [
      "lowered",
      "SCOPE_ROLE_INSUFFICIENT",
      ({ id }) => asOwner("PATCH", inAcme(`members/${id}`), { role: "member" }),
    ],
    ["signed out", "AUTH_SIGN_IN_ENDED", (person) => asPerson(person, "POST", "/api/sign-out")],
  ])("changes nothing: %s", async (_, code, shutOut) => {
    const { acme, plane } = world;
    const person = await joinPerson(plane, {
      organizationId: acme.id,
      by: acme.owner,
      role: "administrator",
      name: "Slow",
    });
    const body = JSON.stringify({ name: "Renamed by whoever was shut out" });
    const sending = request({
      host: "127.0.0.1",
      port: plane.port,
      method: "PATCH",
      path: inAcme(`instances/${acme.instanceId}`),
      headers: {
        host: new URL(plane.url).host,
        origin: plane.url,
        cookie: person.cookie,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      },
    });
    const answered = new Promise<string>((resolve, reject) => {
      sending.on("error", reject);
      sending.on("response", (response) => {
        response.setEncoding("utf8");
        let text = "";
        response.on("data", (part: string) => (text += part));
        response.on("end", () => resolve(text));
      });
    });
    sending.write(body.slice(0, 5));
    // Its head was judged when the next request of the same person has been.
    await expectDone(plane.send({ path: "/api/session", cookie: person.cookie }));
    await shutOut(person);
    sending.end(body.slice(5));
    expect(JSON.parse(await answered)).toMatchObject({ code });
    const { text } = await asOwner("GET", inAcme(`instances/${acme.instanceId}`));
    expect(text).not.toContain("shut out");
  });
});
