// Who may not, does not: every write route by everybody below it, and every way up.
import { CONTROL_PLANE_ROUTES, type ControlPlaneWriteId } from "@agentos/contract/control-plane";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { codeOf, fillPath, routeOf, sendInVain, toCall, WRITE_IDS } from "./support/requests.ts";
import { expectDone, invite, joinPerson, openWorld, type Person, type World } from "./support/world.ts";
import { WRITE_ROWS } from "./support/write-rows.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

/** Written by hand, from the table of capabilities (design.md section 10): what not every member may. */
const MANAGERS_ONLY: readonly ControlPlaneWriteId[] = [
  "organizations.update",
  "members.add",
  "members.changeRole",
  "members.remove",
  "members.createLink",
  "instances.update",
  "instances.setSwitches",
  "keys.publish",
  "keys.sign",
  "keys.retire",
  "revocations.retry",
];
const OWNERS_ONLY: readonly ControlPlaneWriteId[] = ["instances.delete"];
const guarded = WRITE_IDS.filter((id) => routeOf(id).access !== "public");
const below = guarded.filter((id) => routeOf(id).path.includes("{organization_id}"));

async function refusedFor(id: ControlPlaneWriteId, person: Person | undefined): Promise<string | undefined> {
  const call = toCall(id, world, await WRITE_ROWS[id].prepare(world));
  return codeOf(await sendInVain(world.plane, { ...call, cookie: person?.cookie }));
}

describe("a write route", () => {
  it.each(guarded)("%s is nothing for a stranger", async (id) => {
    expect(await refusedFor(id, undefined)).toBe("AUTH_SIGN_IN_REQUIRED");
  });
  it.each(below)("%s is nothing for the Owner of another organization", async (id) => {
    expect(await refusedFor(id, world.other.owner)).toBe("SCOPE_NOT_A_MEMBER");
  });
  it.each([...MANAGERS_ONLY, ...OWNERS_ONLY])("%s is nothing for a Member", async (id) => {
    expect(await refusedFor(id, world.acme.member)).toBe("SCOPE_ROLE_INSUFFICIENT");
  });
  it.each(OWNERS_ONLY)("%s is nothing for an Administrator", async (id) => {
    expect(await refusedFor(id, world.acme.administrator)).toBe("SCOPE_ROLE_INSUFFICIENT");
  });
});

describe("an Administrator", () => {
  const members = "/api/organizations/{organization_id}/members";
  const member = `${members}/{person_id}` as const;
  type Attempt = readonly [
    title: string,
    method: string,
    path: string,
    body: unknown,
    whom: "owner" | "administrator" | "member",
    code: string,
  ];
  const attempts: readonly Attempt[] = [
    [
      "adds an Owner",
      "POST",
      members,
      { name: "Eve", email: "eve@evil.example", role: "owner" },
      "owner",
      "ROLE_ABOVE_OWN",
    ],
    ["makes themselves Owner", "PATCH", member, { role: "owner" }, "administrator", "ROLE_ABOVE_OWN"],
    ["makes a Member Owner", "PATCH", member, { role: "owner" }, "member", "ROLE_ABOVE_OWN"],
    ["lowers the Owner", "PATCH", member, { role: "member" }, "owner", "ROLE_ABOVE_OWN"],
    ["removes the Owner", "DELETE", member, undefined, "owner", "ROLE_ABOVE_OWN"],
    [
      "takes the place of the Owner by a link",
      "POST",
      `${member}/link`,
      undefined,
      "owner",
      "ROLE_ABOVE_OWN",
    ],
    [
      "gets around their own password by a link",
      "POST",
      `${member}/link`,
      undefined,
      "administrator",
      "LINK_FOR_SELF",
    ],
  ];
  it.each(attempts)("%s in vain", async (_, method, path, body, whom, code) => {
    const { plane, acme } = world;
    const parameters = { organization_id: acme.id, person_id: acme[whom].id };
    const { cookie } = acme.administrator;
    const answer = await sendInVain(plane, {
      method,
      path: fillPath(path, parameters),
      cookie,
      ...(body === undefined ? {} : { body }),
    });
    expect(codeOf(answer)).toBe(code);
  });

  it.each([" owner", "Owner", "owner,member", ["owner"], "admin", "__proto__", null, { name: "owner" }])(
    "makes nobody %j: it is no role",
    async (role) => {
      const { plane, acme } = world;
      const path = fillPath(member, { organization_id: acme.id, person_id: acme.member.id });
      const { cookie } = acme.owner;
      const answer = await sendInVain(plane, { method: "PATCH", path, cookie, body: { role } });
      expect(answer.status).toBe(422);
    },
  );

  it("keeps no link for somebody who may more by now", async () => {
    const { plane, acme } = world;
    const { personId, secret } = await invite(plane, {
      organizationId: acme.id,
      by: acme.administrator,
      role: "member",
      name: "Pia",
    });
    const path = fillPath(member, { organization_id: acme.id, person_id: personId });
    const raised = { method: "PATCH", path, cookie: acme.owner.cookie, body: { role: "administrator" } };
    await expectDone(plane.send(raised));
    const body = { secret, password: "another password of mine" };
    const answer = await sendInVain(plane, { method: "POST", path: "/api/links/redeem", body });
    expect(codeOf(answer)).toBe("LINK_UNKNOWN");
  });
});

describe("a token", () => {
  const { path, method } = CONTROL_PLANE_ROUTES["tokens.mint"];
  const minted = z.object({ token: z.string(), scopes: z.array(z.string()), expires_at: z.number() });
  const mint = (person: Person, scopes?: readonly string[]) => ({
    method,
    path: fillPath(path, { organization_id: world.acme.id, instance_id: world.acme.instanceId }),
    cookie: person.cookie,
    body: scopes === undefined ? {} : { scopes },
  });

  it.each([
    ["member", "agents:delete"],
    ["member", "agent_os:admin"],
    ["member", "authz:read"],
    ["member", "service_accounts:write"],
    ["member", "agents:*:delete"],
    ["member", "agents::delete"],
    ["member", "agents:x:delete"],
    ["administrator", "agent_os:admin"],
    ["administrator", "service_accounts:write"],
  ] as const)("of a %s never holds %s", async (role, scope) => {
    const answer = await sendInVain(world.plane, mint(world.acme[role], ["config:read", scope]));
    expect([answer.status, codeOf(answer)]).toEqual([403, "TOKEN_SCOPES_BEYOND_OWN"]);
  });

  it.each([
    "os:delete",
    "org:members:write",
    "agents:*",
    "*",
    "*:*",
    "agents:read agents:delete",
    "Agents:read",
  ])("never holds %s, whoever asks: it is no scope of an AgentOS", async (scope) => {
    const answer = await sendInVain(world.plane, mint(world.acme.owner, ["config:read", scope]));
    expect([answer.status, codeOf(answer)]).toEqual([422, "TOKEN_SCOPES_UNKNOWN"]);
  });

  it("holds what the role gives, for five minutes at most", async () => {
    const answer = await expectDone(world.plane.send(mint(world.acme.member)));
    const { scopes, expires_at: expiresAt, token } = minted.parse(JSON.parse(answer.text));
    expect(scopes).not.toContain("agents:delete");
    expect(scopes).toContain("agents:run");
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(claims).toMatchObject({ sub: world.acme.member.id, aud: "agent-os", exp: expiresAt });
    const { iat } = z.object({ iat: z.number() }).parse(claims);
    expect(expiresAt - iat).toBeLessThanOrEqual(300);
  });
});

describe("the last Owner", () => {
  it("stays when both leave at once, over a socket each", async () => {
    const { plane, acme } = world;
    const joining = { organizationId: acme.id, by: acme.owner, role: "owner", name: "Otto" };
    const second = await joinPerson(plane, joining);
    const leave = ({ id, cookie }: Person) => {
      const path = fillPath("/api/organizations/{organization_id}/members/{person_id}", {
        organization_id: acme.id,
        person_id: id,
      });
      return plane.send({ method: "DELETE", path, cookie });
    };
    const answers = await Promise.all([leave(acme.owner), leave(second)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
    expect(answers.map(codeOf)).toContain("MEMBER_LAST_OWNER");
    // Whoever has gone is signed out.
    const sessions = await Promise.all(
      [acme.owner, second].map(({ cookie }) => plane.send({ path: "/api/session", cookie })),
    );
    expect(sessions.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401]);
  });
});
