/** Instances, their keys, and tokens for them. */
import { z } from "zod";
import { unique } from "../support/world.ts";
import {
  ABSENT,
  type Asked,
  again,
  asked,
  done,
  inAcme,
  newDraft,
  newInstance,
  newPerson,
  planeFix,
} from "./plane-fix.ts";

const ON = { authorization: true, security_key: false };
const OFF = { authorization: false, security_key: true };
const FORCED = { is_forced: true };
const listed = z.object({ data: z.array(z.object({ id: z.string() })) });
const drafts = z.object({ data: z.array(z.object({ id: z.string(), is_draft: z.boolean() })) });
const owned = z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) });
const keySet = z.object({ data: z.array(z.object({ kid: z.string(), station: z.string() })) });
const created = z.object({ id: z.string(), endpoint: z.string().nullable() });

async function ownerDoes(method: string, path: string, body?: unknown): Promise<unknown> {
  return done(await inAcme(method, path, body === undefined ? {} : { body }));
}

async function ownerAsks(method: string, path: string, body?: unknown): Promise<Asked> {
  return asked(await inAcme(method, path, body === undefined ? {} : { body }));
}

/** Path of a key at this station. */
async function keyAt(instance: string, station: string): Promise<string> {
  const { data } = keySet.parse(await ownerDoes("GET", `${instance}/keys`));
  return `${instance}/keys/${data.find((key) => key.station === station)?.kid}`;
}

/** Publishes a key, and lets it sign. */
async function rotate(instance: string): Promise<void> {
  await ownerDoes("POST", `${instance}/keys`);
  await ownerDoes("POST", `${await keyAt(instance, "published")}/sign`, FORCED);
}

/** What a row keeps of its instance: the path is in the request. */
const instanceOf = ({ call }: Asked): string => /\/instances\/[\w-]+/.exec(call.path)?.[0] ?? "";
const withScopes = ({ call }: Asked): readonly string[] =>
  z.object({ scopes: z.array(z.string()) }).parse(call.body).scopes;

export const instanceFixes = {
  INSTANCE_UNKNOWN: planeFix({
    wrong: () => ownerAsks("GET", `/instances/${ABSENT}`),
    follows: /^read the list of instances/,
    apply: async (one) => {
      const [instance] = listed.parse(await ownerDoes("GET", "/instances")).data;
      return again(one, { path: one.call.path.replace(ABSENT, instance?.id ?? "") });
    },
  }),
  INSTANCE_TOO_MANY: planeFix({
    wrong: async () => {
      const by = await newPerson("member");
      const call = await inAcme("POST", "/instances", { by, body: { name: "one of many" } });
      for (let made = 0; made < 20; made += 1) await done(call);
      return asked(call);
    },
    follows: /^delete one that is no longer needed$/,
    apply: async (one) => {
      const { data } = drafts.parse(await done({ path: one.call.path, cookie: one.call.cookie }));
      const draft = data.find(({ is_draft: isDraft }) => isDraft);
      const path = `${one.call.path}/${draft?.id}/draft`;
      await done({ method: "DELETE", path, cookie: one.call.cookie });
      return again(one);
    },
  }),
  INSTANCE_OWN_TOO_MANY: planeFix({
    wrong: async () => {
      const by = await newPerson("member");
      const mayConnect = async (at: number) => {
        const body = { name: "one of many", endpoint: `http://localhost:9/${unique("own")}${at}` };
        const { id } = created.parse(await done(await inAcme("POST", "/instances", { by, body })));
        return inAcme("POST", `/instances/${id}/connect`, { by });
      };
      for (let made = 0; made < 20; made += 1) await done(await mayConnect(made));
      return asked(await mayConnect(20));
    },
    follows: /^ask an Owner to delete one of yours/,
    apply: async (one) => {
      const { data } = owned.parse(await ownerDoes("GET", "/instances"));
      const own = data.findLast(({ name }) => name === "one of many");
      await ownerDoes("DELETE", `/instances/${own?.id}`);
      return again(one);
    },
  }),
  INSTANCE_ENDPOINT_ON_CONSOLE_HOST: planeFix({
    wrong: async ({ plane }) => {
      const endpoint = `http://${new URL(plane.url).hostname}:9/${unique("beside")}`;
      return ownerAsks("POST", "/instances", { name: "beside the console", endpoint });
    },
    follows: /^write (http:\S+), which is the same server under another name$/,
    apply: (one, [endpoint = ""]) => again(one, { body: { name: "under another name", endpoint } }),
  }),
  INSTANCE_ENDPOINT_MISSING: planeFix({
    wrong: async () => {
      const { id } = created.parse(await ownerDoes("POST", "/instances", { name: unique("bare") }));
      return ownerAsks("POST", `/instances/${id}/connect`);
    },
    follows: /^set the endpoint of the draft first$/,
    apply: async (one) => {
      const endpoint = `http://localhost:9/${unique("set")}`;
      await ownerDoes("PATCH", `${instanceOf(one)}/draft`, { endpoint });
      return again(one);
    },
  }),
  INSTANCE_ENDPOINT_TAKEN: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      const { endpoint } = created.parse(await ownerDoes("GET", instance));
      const body = { name: "twin", endpoint };
      const { id } = created.parse(await ownerDoes("POST", "/instances", body));
      return { ...(await ownerAsks("POST", `/instances/${id}/connect`)), instance };
    },
    follows: /^use that instance, or delete it first$/,
    apply: async (one) => {
      await ownerDoes("DELETE", z.object({ instance: z.string() }).parse(one).instance);
      return again(one);
    },
  }),
  INSTANCE_IS_DRAFT: planeFix({
    wrong: async () => ownerAsks("PATCH", `${await newDraft()}/switches`, ON),
    follows: /^connect it first$/,
    apply: async (one) => {
      await ownerDoes("POST", `${instanceOf(one)}/connect`);
      return again(one);
    },
  }),
  INSTANCE_NOT_DRAFT: planeFix({
    wrong: async () => ownerAsks("PATCH", `${await newInstance()}/draft`, { name: unique("renamed") }),
    follows: /^change the instance itself/,
    apply: (one) => again(one, { path: one.call.path.replace(/\/draft$/, "") }),
  }),
  INSTANCE_VERSION_TOO_OLD: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("PATCH", `${instance}/switches`, OFF);
      await ownerDoes("PATCH", instance, { stated_version: "2.3.12" });
      return ownerAsks("PATCH", `${instance}/switches`, ON);
    },
    follows: /or upgrade the AgentOS to (\S+) or later, then switch it on/,
    apply: async (one, [version]) => {
      await ownerDoes("PATCH", instanceOf(one), { stated_version: version });
      return again(one);
    },
  }),
  INSTANCE_AUTHORIZATION_OFF: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("PATCH", `${instance}/switches`, OFF);
      return ownerAsks("POST", `${instance}/tokens`, {});
    },
    follows: /^let an Owner or Administrator switch Authorization on/,
    apply: async (one) => {
      await ownerDoes("PATCH", `${instanceOf(one)}/switches`, ON);
      return again(one);
    },
  }),
  INSTANCE_OS_ID_UNKNOWN: planeFix({
    wrong: async () => {
      const draft = await newDraft();
      await ownerDoes("POST", `${draft}/connect`);
      await ownerDoes("PATCH", `${draft}/switches`, ON);
      return ownerAsks("POST", `${draft}/tokens`, {});
    },
    follows: /set the id by hand$/,
    apply: async (one) => {
      await ownerDoes("PATCH", instanceOf(one), { os_id: "agent-os" });
      return again(one);
    },
  }),
  SIGNING_KEY_UNKNOWN: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("POST", `${instance}/keys`);
      return ownerAsks("POST", `${instance}/keys/${ABSENT}/retire`);
    },
    follows: /^read the list of keys for those that there are$/,
    apply: async (one) => ownerAsks("POST", `${await keyAt(instanceOf(one), "published")}/retire`),
  }),
  SIGNING_KEY_STATION: planeFix({
    wrong: async () => ownerAsks("POST", `${await keyAt(await newInstance(), "signing")}/retire`),
    follows: /rotation goes from published to signing to retired$/,
    apply: async (one) => {
      await rotate(instanceOf(one));
      return again(one);
    },
  }),
  SIGNING_KEY_LOADED_UNKNOWN: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("POST", `${instance}/keys`);
      return ownerAsks("POST", `${await keyAt(instance, "published")}/sign`, {});
    },
    follows: /then send "(\w+)"$/,
    apply: (one, [name = ""]) => again(one, { body: { [name]: true } }),
  }),
  SIGNING_KEY_TOO_MANY: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      for (let made = 1; made < 10; made += 1) await rotate(instance);
      return ownerAsks("POST", `${instance}/keys`);
    },
    follows: /^retire those whose tokens have ended, then publish a new one$/,
    apply: async (one) => {
      await ownerDoes("POST", `${await keyAt(instanceOf(one), "retiring")}/retire`);
      return again(one);
    },
  }),
  SIGNING_KEY_IN_USE: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("POST", `${instance}/tokens`, {});
      await rotate(instance);
      return ownerAsks("POST", `${await keyAt(instance, "retiring")}/retire`, {});
    },
    follows: /with "(\w+)" they are revoked on the instance/,
    apply: (one, [name = ""]) => again(one, { body: { [name]: true } }),
  }),
  SIGNING_KEY_PUBLISHED_ALREADY: planeFix({
    wrong: async () => {
      const instance = await newInstance();
      await ownerDoes("POST", `${instance}/keys`);
      return ownerAsks("POST", `${instance}/keys`);
    },
    follows: /^let that one sign/,
    apply: async (one) => {
      await ownerDoes("POST", `${await keyAt(instanceOf(one), "published")}/sign`, FORCED);
      return again(one);
    },
  }),
  TOKEN_SCOPES_UNKNOWN: planeFix({
    wrong: async () =>
      ownerAsks("POST", `${await newInstance()}/tokens`, { scopes: ["config:read", "agents:rnu"] }),
    follows: /^write "([^"]+)" if that is meant/,
    apply: (one, [scope = ""]) =>
      again(one, { body: { scopes: [...withScopes(one).filter((own) => own !== "agents:rnu"), scope] } }),
  }),
  TOKEN_SCOPES_BEYOND_OWN: planeFix({
    wrong: async ({ acme }) => {
      const scopes = ["config:read", "agents:delete"];
      return asked(
        await inAcme("POST", `${await newInstance()}/tokens`, { by: acme.member, body: { scopes } }),
      );
    },
    follows: /^ask for less/,
    apply: (one) =>
      again(one, { body: { scopes: withScopes(one).filter((scope) => scope !== "agents:delete") } }),
  }),
  TOKEN_PREREQUISITE_MISSING: planeFix({
    wrong: async () => ownerAsks("POST", `${await newInstance()}/tokens`, { scopes: ["agents:run"] }),
    follows: /^take "?([\w:]+)"? into the scopes/,
    apply: (one, [scope = ""]) => again(one, { body: { scopes: [...withScopes(one), scope] } }),
  }),
};
