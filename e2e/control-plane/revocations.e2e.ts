// What is taken away here is refused there: instances are told at once, and what cannot be told stays pending, in our words.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mintedTokenSchema, sentRevocationListSchema } from "@agentos/contract/control-plane";
import { createControlPlane } from "@agentos/control-plane";
import { printOwnerLink } from "@agentos/control-plane/machine";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Answer, closeConnections, send } from "../support/http.ts";
import { type Asked, connectSubject, type ServerSpec, type Subject } from "./support/mission-world.ts";
import type { Plane, PlaneCall } from "./support/plane.ts";
import { codeOf } from "./support/requests.ts";
import {
  joinPerson,
  newPassword,
  type Organization,
  type Person,
  secretOf,
  signInAgain,
  toPerson,
} from "./support/world.ts";

const MINTED = { path: "/agents", sends: { kind: "minted" } } as const;
const ours = ({ pem }: Subject): ServerSpec => ({
  ours: { authorization: true, env: { JWT_VERIFICATION_KEY: pem } },
});

const redeemedSchema = z.object({
  memberships: z.array(z.object({ organization: z.object({ id: z.string() }) })),
});

let plane: Plane;
let organizationId: string;
let owner: Person;

/** One that may call instances on this machine. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentos-revocations-"));
  const options = { workingDirectory: folder, env: {} };
  const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const controlPlane = createControlPlane({ ...options, logger, allowedPrivateEndpoints: ["localhost"] });
  const { url } = controlPlane;
  const server = await controlPlane.serve({ host: "127.0.0.1", port: 0 });
  const ownerSecret = secretOf((await printOwnerLink(options)).url);
  plane = {
    port: server.port,
    url,
    databaseFile: join(folder, ".agentos", "control-plane.db"),
    ownerSecret,
    logLines: [],
    answers: [],
    send: ({ cookie, body, headers = {}, ...call }: PlaneCall): Promise<Answer> =>
      send(server.port, {
        ...call,
        headers: {
          host: new URL(url).host,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(cookie === undefined ? {} : { cookie, origin: url }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    readTables: () => ({}),
    execute: () => undefined,
    async close() {
      closeConnections();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const person = { name: "Olga", email: "olga@acme.example", password: newPassword() };
  const redeemed = await plane.send({
    method: "POST",
    path: "/api/links/redeem",
    body: { secret: ownerSecret, ...person },
  });
  owner = toPerson(redeemed, person);
  organizationId = redeemedSchema.parse(JSON.parse(redeemed.text)).memberships[0]?.organization.id ?? "";
});
afterAll(() => plane.close());

async function open(): Promise<{ readonly subject: Subject; readonly member: Person }> {
  const member = await joinPerson(plane, { organizationId, by: owner, role: "member", name: "Mia" });
  const organization = { id: organizationId, owner, member } as Organization;
  const subject = await connectSubject(plane, organization);
  onTestFinished(() => subject.close());
  return { subject, member };
}

const remove = async (member: Person): Promise<void> => {
  const path = `/api/organizations/${organizationId}/members/${member.id}`;
  expect((await plane.send({ method: "DELETE", path, cookie: owner.cookie })).status).toBe(200);
};

async function list({ instanceId }: Subject) {
  const path = `/api/organizations/${organizationId}/revocations`;
  const { text } = await plane.send({ path, cookie: owner.cookie });
  return sentRevocationListSchema
    .parse(JSON.parse(text))
    .data.filter((row) => row.instance_id === instanceId);
}
const states = async (subject: Subject) => (await list(subject)).map(({ state }) => state);

/** The token of an earlier request, sent once more. */
async function askAgain(subject: Subject, { token }: Asked): Promise<Asked> {
  return subject.ask({ path: "/agents", sends: { kind: "token", token } });
}

describe("a revocation", () => {
  test("of a member who was removed is in force on our server at once", async () => {
    const { subject, member } = await open();
    await subject.put(ours(subject));
    const asked = await subject.ask(MINTED);
    expect(asked.status).toBe(200);
    await remove(member);
    await expect.poll(() => states(subject), { timeout: 10_000 }).toEqual(["applied"]);
    const refused = await askAgain(subject, asked);
    expect([refused.status, codeOf(refused)]).toEqual([401, "AUTH_CREDENTIAL_REVOKED"]);
  });

  test("of a session that has ended is told to its person, who gets in with another", async () => {
    const { subject, member } = await open();
    await subject.put(ours(subject));
    const asked = await subject.ask(MINTED);
    const again = await signInAgain(plane, member);
    const ended = await plane.send({ method: "DELETE", path: "/api/sessions", cookie: again.cookie });
    expect(ended.status).toBe(200);
    await expect.poll(() => states(subject), { timeout: 10_000 }).toEqual(["applied"]);
    const refused = await askAgain(subject, asked);
    const [cause] = await subject.explain(again, MINTED, { ...refused, jti: asked.jti });
    expect([cause?.code, cause?.certainty]).toEqual(["TOKEN_REVOKED_HERE", "certain"]);
    expect(cause?.title).toContain("the session that it was made in has ended");

    // The fix: a new token.
    const path = `/api/organizations/${organizationId}/instances/${subject.instanceId}/tokens`;
    const { text } = await plane.send({ method: "POST", path, cookie: again.cookie, body: {} });
    const { token } = mintedTokenSchema.parse(JSON.parse(text));
    expect((await subject.ask({ path: "/agents", sends: { kind: "token", token } })).status).toBe(200);
  });

  test("stays pending on a Python AgentOS, which has none", async () => {
    const { subject, member } = await open();
    await subject.put({ python: { mode: "jwt", publicPem: subject.pem } });
    expect((await subject.ask(MINTED)).status).toBe(200);
    await remove(member);
    await expect
      .poll(async () => (await list(subject))[0]?.trouble, { timeout: 10_000 })
      .toContain("as the Python AgentOS");
    expect(await states(subject)).toEqual(["pending"]);
  });

  test("of an instance that was down is in force once it is back, and somebody asks for it", async () => {
    const { subject, member } = await open();
    await subject.put(ours(subject));
    const asked = await subject.ask(MINTED);
    await subject.stop();
    await remove(member);
    await expect
      .poll(async () => (await list(subject))[0]?.trouble, { timeout: 10_000 })
      .toContain("does not answer");
    expect(await states(subject)).toEqual(["pending"]);
    await subject.put(ours(subject), [owner]);
    const path = `/api/organizations/${organizationId}/revocations/retry`;
    expect((await plane.send({ method: "POST", path, cookie: owner.cookie })).status).toBe(200);
    await expect.poll(() => states(subject), { timeout: 10_000 }).toEqual(["applied"]);
    expect((await askAgain(subject, asked)).status).toBe(401);
  });
});
