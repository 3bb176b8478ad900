/** Two organizations in one control plane, each with an Owner, an Administrator, a Member and an instance. */
import { z } from "zod";
import type { Answer } from "../../support/http.ts";
import { type Plane, startPlane } from "./plane.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly sessionId: string;
  /** As the browser sends it back. */
  readonly cookie: string;
}

export interface Organization {
  readonly id: string;
  readonly owner: Person;
  readonly administrator: Person;
  readonly member: Person;
  /** Connected, with authorization on. */
  readonly instanceId: string;
  /** Key of it that signs. */
  readonly kid: string;
  /** Of the Member; nobody else sees it. */
  readonly draftId: string;
}

export interface World {
  readonly plane: Plane;
  readonly acme: Organization;
  readonly other: Organization;
}

/** Every secret that a test has made up, or was handed: nothing may hold one but the answer that hands it over. */
export const handedSecrets = new Set<string>();

let count = 0;
/** A text that stands nowhere else. */
export const unique = (what: string): string => `${what}-${(count += 1)}`;

export async function openWorld(): Promise<World> {
  const plane = await startPlane();
  const password = newPassword();
  handedSecrets.add(plane.ownerSecret);
  const olga = { name: "Olga Owner", email: "olga@acme.example", password };
  const owner = await redeem(plane, { secret: plane.ownerSecret, ...olga }, olga);
  const acmeId = await organizationOf(plane, owner);
  const rita = await joinPerson(plane, { organizationId: acmeId, by: owner, role: "member", name: "Rita" });
  // Nobody makes a second organization yet: its rows are written past the control plane.
  plane.execute(`
    insert into agentos_cp_organizations values ('another-organization', 'Another', 1);
    insert into agentos_cp_members (organization_id, person_id, role, version, created_at)
      values ('another-organization', '${rita.id}', 'owner', 1, 1);
    delete from agentos_cp_members where organization_id = '${acmeId}' and person_id = '${rita.id}';`);
  return {
    plane,
    acme: await fill(plane, acmeId, owner),
    other: await fill(plane, "another-organization", rita),
  };
}

async function fill(plane: Plane, organizationId: string, owner: Person): Promise<Organization> {
  const joining = { organizationId, by: owner };
  const administrator = await joinPerson(plane, { ...joining, role: "administrator", name: "Anna" });
  const member = await joinPerson(plane, { ...joining, role: "member", name: "Mia" });
  const instanceId = await connectInstance(plane, organizationId, owner);
  const { kid } = await firstKey(plane, { organizationId, instanceId, by: owner });
  const draftId = await createDraft(plane, organizationId, member);
  return { id: organizationId, owner, administrator, member, instanceId, kid, draftId };
}

const idSchema = z.object({ id: z.string() });
const addedSchema = z.object({
  member: z.object({ person_id: z.string() }),
  link: z.object({ url: z.string() }),
});
const signedInSchema = z.object({
  person: z.object({ id: z.string() }),
  session: z.object({ id: z.string() }),
  memberships: z.array(z.object({ organization: idSchema })),
});
const keysSchema = z.object({ data: z.array(z.object({ kid: z.string(), station: z.string() })) });

/** Password that nobody else has, and that no list holds. */
export function newPassword(): string {
  const password = unique("correct horse battery staple");
  handedSecrets.add(password);
  return password;
}

export interface Joining {
  readonly organizationId: string;
  readonly by: Person;
  readonly role: string;
  readonly name: string;
}

/** Adds somebody, who has not used their link yet. */
export async function invite(
  plane: Plane,
  { organizationId, by, role, name }: Joining,
): Promise<{ readonly personId: string; readonly secret: string; readonly email: string }> {
  const email = `${unique(name.toLowerCase())}@people.example`;
  const answer = await expectDone(
    plane.send({
      method: "POST",
      path: `/api/organizations/${organizationId}/members`,
      cookie: by.cookie,
      body: { name, email, role },
    }),
  );
  const { member, link } = addedSchema.parse(JSON.parse(answer.text));
  return { personId: member.person_id, secret: secretOf(link.url), email };
}

/** Secret in the fragment of a link. */
export function secretOf(url: string): string {
  const secret = new URL(url).hash.split("=")[1] ?? "";
  handedSecrets.add(secret);
  return secret;
}

export async function joinPerson(plane: Plane, joining: Joining): Promise<Person> {
  const { secret, email } = await invite(plane, joining);
  const password = newPassword();
  return redeem(plane, { secret, password }, { name: joining.name, email, password });
}

/** Another session of somebody. */
export async function signInAgain(plane: Plane, person: Person): Promise<Person> {
  const body = { email: person.email, password: person.password };
  const answer = await expectDone(plane.send({ method: "POST", path: "/api/sign-in", body }));
  return toPerson(answer, person);
}

async function redeem(
  plane: Plane,
  body: Readonly<Record<string, string>>,
  person: Pick<Person, "name" | "email" | "password">,
): Promise<Person> {
  return toPerson(await expectDone(plane.send({ method: "POST", path: "/api/links/redeem", body })), person);
}

/** The session of an answer that begins one. */
export function toPerson(answer: Answer, person: Pick<Person, "name" | "email" | "password">): Person {
  const { name, email, password } = person;
  const signedIn = signedInSchema.parse(JSON.parse(answer.text));
  const [cookie = ""] = (answer.headers["set-cookie"]?.[0] ?? "").split(";");
  handedSecrets.add(decodeURIComponent(cookie.split("=")[1] ?? ""));
  return { id: signedIn.person.id, sessionId: signedIn.session.id, name, email, password, cookie };
}

async function organizationOf(plane: Plane, { cookie }: Person): Promise<string> {
  const answer = await expectDone(plane.send({ path: "/api/session", cookie }));
  const [membership] = signedInSchema.parse(JSON.parse(answer.text)).memberships;
  return membership?.organization.id ?? "";
}

export async function createDraft(plane: Plane, organizationId: string, by: Person): Promise<string> {
  const name = unique("instance");
  const answer = await expectDone(
    plane.send({
      method: "POST",
      path: `/api/organizations/${organizationId}/instances`,
      cookie: by.cookie,
      body: { name, endpoint: `http://localhost:9/${name}` },
    }),
  );
  return idSchema.parse(JSON.parse(answer.text)).id;
}

/** Connected, with authorization on, and an id that tokens can name. */
export async function connectInstance(plane: Plane, organizationId: string, by: Person): Promise<string> {
  const instanceId = await createDraft(plane, organizationId, by);
  const path = `/api/organizations/${organizationId}/instances/${instanceId}`;
  const { cookie } = by;
  await expectDone(plane.send({ method: "POST", path: `${path}/connect`, cookie }));
  await expectDone(plane.send({ method: "PATCH", path, cookie, body: { os_id: "agent-os" } }));
  const switches = { authorization: true, security_key: false };
  await expectDone(plane.send({ method: "PATCH", path: `${path}/switches`, cookie, body: switches }));
  return instanceId;
}

export interface KeysOf {
  readonly organizationId: string;
  readonly instanceId: string;
  readonly by: Person;
}

export async function firstKey(plane: Plane, keysOf: KeysOf): Promise<{ readonly kid: string }> {
  return findKey(await askKeys(plane, "GET", keysOf), "signing");
}

export async function publishKey(plane: Plane, keysOf: KeysOf): Promise<{ readonly kid: string }> {
  return findKey(await askKeys(plane, "POST", keysOf), "published");
}

function askKeys(plane: Plane, method: string, { organizationId, instanceId, by }: KeysOf): Promise<Answer> {
  const path = `/api/organizations/${organizationId}/instances/${instanceId}/keys`;
  return expectDone(plane.send({ method, path, cookie: by.cookie }));
}

function findKey({ text }: Answer, station: string): { readonly kid: string } {
  const key = keysSchema.parse(JSON.parse(text)).data.find((one) => one.station === station);
  if (key === undefined) throw new Error(`no key is ${station}: ${text}`);
  return key;
}

/** What is prepared has to be done, or no attack means anything. */
export async function expectDone(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
  return answer;
}
