/** Members and roles. */
import { z } from "zod";
import { invite, newPassword, unique } from "../support/world.ts";
import { ABSENT, again, asked, done, inAcme, newPerson, planeFix, world } from "./plane-fix.ts";

const members = z.object({ data: z.array(z.object({ person_id: z.string(), email: z.string() })) });
const newMember = (role: string) => ({ name: "Eve", email: `${unique("eve")}@people.test`, role });

async function invited(): Promise<{ readonly personId: string; readonly email: string }> {
  const { plane, acme } = await world();
  return invite(plane, { organizationId: acme.id, by: acme.owner, role: "member", name: "Nora" });
}

async function readMembers() {
  return members.parse(await done(await inAcme("GET", "/members"))).data;
}

export const peopleFixes = {
  SCOPE_ROLE_INSUFFICIENT: planeFix({
    wrong: async ({ acme }) => asked(await inAcme("GET", "/members", { by: acme.member })),
    follows: /^ask an (Owner) or Administrator to do it/,
    apply: async (one) => again(one, { cookie: (await world()).acme.owner.cookie }),
  }),
  SCOPE_NOT_A_MEMBER: planeFix({
    wrong: ({ acme, other }) => asked({ path: `/api/organizations/${other.id}`, cookie: acme.member.cookie }),
    follows: /or open one of your own organizations$/,
    apply: async (one) => {
      const own = z.object({
        memberships: z.array(z.object({ organization: z.object({ id: z.string() }) })),
      });
      const [membership] = own.parse(await done({ ...one.call, path: "/api/session" })).memberships;
      return again(one, { path: `/api/organizations/${membership?.organization.id}` });
    },
  }),
  MEMBER_UNKNOWN: planeFix({
    wrong: async () => {
      const { email } = await invited();
      const body = { role: "administrator" };
      return { ...asked(await inAcme("PATCH", `/members/${ABSENT}`, { body })), email };
    },
    follows: /^read the list of members/,
    apply: async (one) => {
      const { email } = z.object({ email: z.string() }).parse(one);
      const found = (await readMembers()).find((member) => member.email === email);
      return again(one, { path: one.call.path.replace(ABSENT, found?.person_id ?? "") });
    },
  }),
  MEMBER_EXISTS: planeFix({
    wrong: async () => {
      const { email } = await invited();
      return asked(await inAcme("POST", "/members", { body: { ...newMember("administrator"), email } }));
    },
    follows: /^change the role of that member instead$/,
    apply: async (one) => {
      const { email, role } = z.object({ email: z.string(), role: z.string() }).parse(one.call.body);
      const found = (await readMembers()).find((member) => member.email === email);
      return asked(await inAcme("PATCH", `/members/${found?.person_id}`, { body: { role } }));
    },
  }),
  MEMBER_LAST_OWNER: planeFix({
    wrong: ({ other: { id, owner } }) =>
      asked({
        method: "PATCH",
        path: `/api/organizations/${id}/members/${owner.id}`,
        cookie: owner.cookie,
        body: { role: "administrator" },
      }),
    follows: /^make another member Owner first$/,
    apply: async (one) => {
      const { other } = await world();
      const path = `/api/organizations/${other.id}/members/${other.member.id}`;
      await done({ ...one.call, path, body: { role: "owner" } });
      return again(one);
    },
  }),
  MEMBER_ELSEWHERE: planeFix({
    wrong: async ({ plane, other }) => {
      const { id, email, password } = await newPerson("member");
      plane.execute(`insert into agentos_cp_members (organization_id, person_id, role, version, created_at)
        values ('${other.id}', '${id}', 'member', 1, 1)`);
      return { ...asked(await inAcme("POST", `/members/${id}/link`)), email, password };
    },
    follows: /^let them sign in with their own password/,
    apply: (one) => {
      const body = z.object({ email: z.string(), password: z.string() }).parse(one);
      return asked({ method: "POST", path: "/api/sign-in", body });
    },
  }),
  MEMBERS_FULL: planeFix({
    wrong: async ({ plane, acme }) => {
      const { personId } = await invited();
      const free = 1_000 - (await readMembers()).length;
      plane.execute(`
        with recursive number (n) as (select 1 union all select n + 1 from number where n < ${free})
          insert into agentos_cp_persons (id, name, email, email_verified, created_at, updated_at)
          select 'many ' || n, 'One of many', n || '@many.test', 0, 1, 1 from number;
        insert into agentos_cp_members (organization_id, person_id, role, version, created_at)
          select '${acme.id}', id, 'member', 1, 1 from agentos_cp_persons where id like 'many %'`);
      return { ...asked(await inAcme("POST", "/members", { body: newMember("member") })), personId };
    },
    follows: /^remove a member who needs no access any more, then add this one$/,
    apply: async (one) => {
      const { personId } = z.object({ personId: z.string() }).parse(one);
      await done(await inAcme("DELETE", `/members/${personId}`));
      const mended = again(one);
      await mended.answer();
      (await world()).plane.execute("delete from agentos_cp_persons where id like 'many %'");
      return mended;
    },
  }),
  LINK_RESET_BY_OWNER: planeFix({
    wrong: async ({ acme }) => {
      const { id } = await newPerson("member");
      return asked(await inAcme("POST", `/members/${id}/link`, { by: acme.administrator }));
    },
    follows: /^ask an Owner to make the link;/,
    apply: async (one) => again(one, { cookie: (await world()).acme.owner.cookie }),
  }),
  LINK_FOR_SELF: planeFix({
    wrong: async () => {
      const by = await newPerson("administrator");
      return { ...asked(await inAcme("POST", `/members/${by.id}/link`, { by })), password: by.password };
    },
    follows: /^change the password at (POST) (\S+);/,
    apply: (one, [method = "", path = ""]) => {
      const { password } = z.object({ password: z.string() }).parse(one);
      return again(one, { method, path, body: { current_password: password, new_password: newPassword() } });
    },
  }),
  ROLE_ABOVE_OWN: planeFix({
    wrong: async ({ acme }) =>
      asked(await inAcme("POST", "/members", { by: acme.administrator, body: newMember("owner") })),
    follows: /^ask an Owner to do it$/,
    apply: async (one) => again(one, { cookie: (await world()).acme.owner.cookie }),
  }),
};
