/**
 * Each route that changes, signs or spends something, with a request that passes: what the attacks change in one thing. A
 * write route without a row does not compile.
 */
import type { ControlPlaneWriteId } from "@agentos/contract/control-plane";
import {
  connectInstance,
  createDraft,
  firstKey,
  invite,
  joinPerson,
  newPassword,
  type Person,
  publishKey,
  signInAgain,
  unique,
  type World,
} from "./world.ts";

/** A request that passes once. */
export interface Prepared {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Default: the Owner. */
  readonly by?: Person;
}

export interface WriteRow {
  /** Makes everything that the request needs. */
  readonly prepare: (world: World) => Promise<Prepared> | Prepared;
  /** Status of a request that passes. Default: what the route promises. */
  readonly status?: number;
}

const joining = ({ acme }: World, role = "member") => ({
  organizationId: acme.id,
  by: acme.owner,
  role,
  name: "Nora",
});
const invited = async (world: World) => invite(world.plane, joining(world));
const joined = async (world: World) => joinPerson(world.plane, joining(world));
const inAcme = ({ acme }: World) => ({ organization_id: acme.id });
const ofAcme = ({ acme }: World) => ({ organization_id: acme.id, instance_id: acme.instanceId });

async function ofMember(world: World): Promise<Readonly<Record<string, string>>> {
  const { personId } = await invited(world);
  return { ...inAcme(world), person_id: personId };
}

async function ofDraft(world: World): Promise<Readonly<Record<string, string>>> {
  const { plane, acme } = world;
  return { ...inAcme(world), instance_id: await createDraft(plane, acme.id, acme.owner) };
}

async function ofInstance(world: World): Promise<Readonly<Record<string, string>>> {
  const { plane, acme } = world;
  return { ...inAcme(world), instance_id: await connectInstance(plane, acme.id, acme.owner) };
}

async function ofPublishedKey(world: World): Promise<Readonly<Record<string, string>>> {
  const { plane, acme } = world;
  const instanceId = await connectInstance(plane, acme.id, acme.owner);
  const keysOf = { organizationId: acme.id, instanceId, by: acme.owner };
  await firstKey(plane, keysOf);
  const { kid } = await publishKey(plane, keysOf);
  return { ...inAcme(world), instance_id: instanceId, kid };
}

export const WRITE_ROWS: Readonly<Record<ControlPlaneWriteId, WriteRow>> = {
  "signIn.password": {
    prepare: ({ acme }) => ({ body: { email: acme.member.email, password: acme.member.password } }),
  },
  "signIn.redeemLink": {
    prepare: async (world) => ({
      body: { secret: (await invited(world)).secret, password: newPassword() },
    }),
  },
  "account.signOut": {
    prepare: async ({ plane, acme }) => ({ by: await signInAgain(plane, acme.member) }),
  },
  "account.update": { prepare: () => ({ body: { name: unique("Olga") } }) },
  "account.setPassword": {
    prepare: async (world) => {
      const by = await joined(world);
      return { by, body: { current_password: by.password, new_password: newPassword() } };
    },
  },
  "account.endSession": {
    prepare: async ({ plane, acme }) => ({
      by: acme.member,
      parameters: { session_id: (await signInAgain(plane, acme.member)).sessionId },
    }),
  },
  "account.endOtherSessions": {
    prepare: async (world) => ({ by: await signInAgain(world.plane, await joined(world)) }),
  },
  "organizations.update": {
    prepare: (world) => ({ parameters: inAcme(world), body: { name: unique("Acme") } }),
  },
  "members.add": {
    prepare: (world) => ({
      parameters: inAcme(world),
      body: { name: "Eve", email: `${unique("eve")}@people.example`, role: "member" },
    }),
  },
  "members.changeRole": {
    prepare: async (world) => ({ parameters: await ofMember(world), body: { role: "administrator" } }),
  },
  "members.remove": { prepare: async (world) => ({ parameters: await ofMember(world) }) },
  "members.createLink": { prepare: async (world) => ({ parameters: await ofMember(world) }) },
  "instances.create": {
    prepare: (world) => ({ parameters: inAcme(world), body: { name: unique("new instance") } }),
  },
  "instances.updateDraft": {
    prepare: async (world) => ({ parameters: await ofDraft(world), body: { name: unique("draft") } }),
  },
  "instances.connect": { prepare: async (world) => ({ parameters: await ofDraft(world) }) },
  "instances.update": {
    prepare: (world) => ({ parameters: ofAcme(world), body: { name: unique("instance of Acme") } }),
  },
  "instances.setSwitches": {
    prepare: async (world) => ({
      parameters: await ofInstance(world),
      body: { authorization: false, security_key: true },
    }),
  },
  "instances.delete": { prepare: async (world) => ({ parameters: await ofInstance(world) }) },
  "instances.discardDraft": { prepare: async (world) => ({ parameters: await ofDraft(world) }) },
  "instances.observe": {
    prepare: async (world) => {
      const parameters = ofAcme(world);
      return { parameters, body: { endpoint: "https://elsewhere.example", outcome: "unreachable" } };
    },
  },
  // Nothing listens there: that the control plane has tried is all that is told.
  "instances.readPolicy": { prepare: (world) => ({ parameters: ofAcme(world) }), status: 409 },
  "keys.publish": { prepare: async (world) => ({ parameters: await ofInstance(world) }) },
  "keys.sign": {
    prepare: async (world) => ({ parameters: await ofPublishedKey(world), body: { is_forced: true } }),
  },
  "keys.retire": {
    prepare: async (world) => ({ parameters: await ofPublishedKey(world), body: { is_forced: true } }),
  },
  "tokens.mint": { prepare: (world) => ({ parameters: ofAcme(world), body: { purpose: "curl" } }) },
  "revocations.retry": { prepare: (world) => ({ parameters: inAcme(world) }) },
};
