/** Signing in, and one-time links. */
import { createHash, randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { printOwnerLink } from "@agentos/control-plane/machine";
import { z } from "zod";
import { invite, newPassword, secretOf, signInAgain, type World } from "../support/world.ts";
import { again, asked, done, inAcme, newPerson, world as openedWorld, planeFix } from "./plane-fix.ts";

const redeem = (body: Readonly<Record<string, string>>) =>
  asked({ method: "POST", path: "/api/links/redeem", body });
const signIn = (email: string, password: string) =>
  asked({ method: "POST", path: "/api/sign-in", body: { email, password } });
const invited = ({ plane, acme }: World) =>
  invite(plane, { organizationId: acme.id, by: acme.owner, role: "member", name: "Nora" });
const url = z.object({ url: z.string() });

async function newLinkFor(personId: string): Promise<string> {
  return secretOf(url.parse(await done(await inAcme("POST", `/members/${personId}/link`))).url);
}

export const signInFixes = {
  AUTH_SIGN_IN_REQUIRED: planeFix({
    wrong: () => asked({ path: "/api/session" }),
    follows: /^sign in;/,
    apply: async (one) => again(one, { cookie: (await newPerson("member")).cookie }),
  }),
  AUTH_SIGN_IN_ENDED: planeFix({
    wrong: async ({ plane, acme }) => {
      const { cookie } = await signInAgain(plane, acme.member);
      await done({ method: "POST", path: "/api/sign-out", cookie });
      return asked({ path: "/api/session", cookie });
    },
    follows: /^sign in again$/,
    apply: async (one) => again(one, { cookie: (await newPerson("member")).cookie }),
  }),
  SIGN_IN_FAILED: planeFix({
    wrong: ({ acme }) => signIn(acme.member.email, "the password of somebody else"),
    follows: /^check both/,
    apply: async () => {
      const { email, password } = await newPerson("member");
      return signIn(email, password);
    },
  }),
  SIGN_IN_PAGE_ELSEWHERE: planeFix({
    wrong: ({ acme }) =>
      again(signIn(acme.member.email, acme.member.password), {
        headers: { origin: "https://127.0.0.1:7778" },
      }),
    follows: /^open (\S+);/,
    apply: (one, [origin = ""]) => again(one, { headers: { origin } }),
  }),
  LINK_UNKNOWN: planeFix({
    wrong: async (world) => {
      const { secret, personId } = await invited(world);
      await newLinkFor(personId);
      return { ...redeem({ secret, password: newPassword() }), personId };
    },
    follows: /for a new one ask who gave it to you/,
    apply: async (one) => {
      const { personId } = z.object({ personId: z.string() }).parse(one);
      return redeem({ secret: await newLinkFor(personId), password: newPassword() });
    },
  }),
  LINK_USED: planeFix({
    wrong: async (world) => {
      const { secret, email } = await invited(world);
      const password = newPassword();
      await done(redeem({ secret, password }).call);
      return { ...redeem({ secret, password }), email, password };
    },
    follows: /^sign in with your password/,
    apply: (one) => {
      const { email, password } = z.object({ email: z.string(), password: z.string() }).parse(one);
      return signIn(email, password);
    },
  }),
  LINK_EXPIRED: planeFix({
    wrong: async (world) => {
      const { secret, personId } = await invited(world);
      world.plane.execute(`update agentos_cp_links set expires_at = 1000 where person_id = '${personId}'`);
      return { ...redeem({ secret, password: newPassword() }), personId };
    },
    follows: /^ask who gave it to you for a new one/,
    apply: async (one) => {
      const { personId } = z.object({ personId: z.string() }).parse(one);
      return redeem({ secret: await newLinkFor(personId), password: newPassword() });
    },
  }),
  LINK_DETAILS_MISSING: planeFix({
    wrong: async (world) => redeem({ secret: (await invited(world)).secret }),
    follows: /^send "?(\w+)"? with it/,
    apply: (one, [name = ""]) => {
      const body = z.record(z.string(), z.string()).parse(one.call.body);
      return redeem({ ...body, [name]: newPassword() });
    },
  }),
  LINK_OWNER_EXISTS: planeFix({
    wrong: ({ plane }) => {
      const secret = randomBytes(32).toString("base64url");
      const hash = createHash("sha256").update(secret).digest("base64url");
      // Two commands made one each before there was an Owner.
      plane.execute(`insert into agentos_cp_links (secret_hash, purpose, created_at, expires_at)
        values ('${hash}', 'owner', ${Date.now() / 1_000}, ${Date.now() / 1_000 + 600})`);
      return redeem({ secret, name: "Eve", email: "eve@acme.test", password: newPassword() });
    },
    follows: /`[\w -]*agentos control-plane (owner-link)` lets the first Owner in/,
    apply: async (_, [command]) => {
      if (command !== "owner-link") throw new Error("the fix names another command");
      const { plane } = await openedWorld();
      const workingDirectory = dirname(dirname(plane.databaseFile));
      const link = await printOwnerLink({ workingDirectory, env: {} });
      return redeem({ secret: secretOf(link.url) });
    },
  }),
  PASSWORD_TOO_COMMON: planeFix({
    wrong: async (world) => redeem({ secret: (await invited(world)).secret, password: "passwordpassword" }),
    follows: /choose another one: four words/,
    apply: (one) => {
      const body = z.record(z.string(), z.string()).parse(one.call.body);
      return redeem({ ...body, password: newPassword() });
    },
  }),
  PASSWORD_WRONG: planeFix({
    wrong: async () => {
      const person = await newPerson("member");
      const body = { current_password: "the password of before", new_password: newPassword() };
      const call = { method: "POST", path: "/api/password", cookie: person.cookie, body };
      return { ...asked(call), password: person.password };
    },
    follows: /^send the password that is in use as "(\w+)"/,
    apply: (one, [name = ""]) => {
      const { password } = z.object({ password: z.string() }).parse(one);
      const body = z.record(z.string(), z.string()).parse(one.call.body);
      return again(one, { body: { ...body, [name]: password } });
    },
  }),
  SESSION_UNKNOWN: planeFix({
    wrong: async ({ plane }) => {
      const person = await newPerson("member");
      await signInAgain(plane, person);
      const gone = await signInAgain(plane, person);
      const path = `/api/sessions/${gone.sessionId}`;
      await done({ method: "DELETE", path, cookie: person.cookie });
      return asked({ method: "DELETE", path, cookie: person.cookie });
    },
    follows: /^read (GET) (\S+) for/,
    apply: async (one, [method = "", path = ""]) => {
      const sessions = z.object({ data: z.array(z.object({ id: z.string(), is_current: z.boolean() })) });
      const { data } = sessions.parse(await done({ ...one.call, method, path }));
      return again(one, { path: `${path}/${data.find((session) => !session.is_current)?.id}` });
    },
  }),
};
