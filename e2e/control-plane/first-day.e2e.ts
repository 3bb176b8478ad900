/**
 * The first day, by the client alone and from a clean start: `agentos dev`, its link, an instance of one's own with the
 * lines that it was given, tokens, a chat, a Member who is refused and reads why, a rotation under load, and the Member's end.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AgentOSRefusal,
  type ControlPlaneClient,
  connectInstance,
  createControlPlaneClient,
  createMemorySession,
} from "@agentos/client";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { findPort } from "../support/find-port.ts";
import { probe } from "../support/probe.ts";
import { makeFolder, type StartedCommand, startCommand } from "../support/start-command.ts";

const PASSWORD = "a password for the first day";
const WORKERS = 4;

/** Words for as long as any test lasts. */
const SLOW = { steps: [{ text: "tick ".repeat(20_000), wordDelayMs: 20 }] };
const CONFIG = {
  id: "shop",
  agents: [
    { id: "echo", model: "offline:echo", instructions: "Repeat the user's words." },
    { id: "slow", model: "offline:script", script: SLOW },
  ],
};

const folder = makeFolder();
let dev: StartedCommand;
let controlPlaneUrl: string;
let owner: ControlPlaneClient;
let member: ControlPlaneClient;
let memberId: string;
let organization_id: string;
let demo: { organization_id: string; instance_id: string };
let shop: { organization_id: string; instance_id: string };
let endpoint: string;
let server: StartedCommand | undefined;

const signIn = () => createControlPlaneClient({ baseUrl: controlPlaneUrl, session: createMemorySession() });
const secretOf = (link: string) => new URL(link).hash.replace("#link=", "");
const refusalOf = async (work: Promise<unknown>): Promise<AgentOSRefusal> => {
  const error: unknown = await work.then(
    () => new Error("was not refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof AgentOSRefusal) return error;
  throw error;
};

/** Starts the second AgentOS anew, by a shell that has read these lines. */
async function startShop(lines: readonly string[]): Promise<void> {
  await server?.stop();
  writeFileSync(join(folder, "lines.sh"), [...lines, ""].join("\n"));
  server = startCommand(["serve", "--config", "agentos.json", "--port", new URL(endpoint).port], {
    cwd: folder,
    shellLines: "lines.sh",
  });
  await server.waitFor(/Serving http/);
}

beforeAll(async () => {
  dev = startCommand(["dev", "--port", "0", "--quiet"], { cwd: folder });
  const [, link = ""] = await dev.waitFor(/Sign in as its owner: (http:\S+)/);
  controlPlaneUrl = new URL(link).origin;
  endpoint = `http://localhost:${await findPort()}`;
  writeFileSync(join(folder, "agentos.json"), JSON.stringify(CONFIG));
  owner = signIn();
  const { memberships } = await owner.signIn.redeemLink({ body: { secret: secretOf(link) } });
  organization_id = memberships[0]?.organization.id ?? "";
  // The link works once.
  expect(await refusalOf(signIn().signIn.redeemLink({ body: { secret: secretOf(link) } }))).toMatchObject({
    code: "LINK_USED",
  });
});

describe("the first day", { timeout: 120_000 }, () => {
  it("begins with the demo, connected and in agreement", async () => {
    const { data } = await owner.instances.list({ parameters: { organization_id } });
    const [instance] = data;
    expect(data).toHaveLength(1);
    expect(instance).toMatchObject({
      desired: { authorization: true, security_key: false },
      environment: "local",
    });
    demo = { organization_id, instance_id: instance?.id ?? "" };
    const seen = await owner.instances.readPolicy({ parameters: demo });
    expect(seen).toMatchObject({ is_ours: true, findings: [] });
    const client = await connectInstance({
      controlPlane: owner,
      organizationId: demo.organization_id,
      instanceId: demo.instance_id,
    });
    expect(await client.agents.run("echo", { message: "hello" })).toMatchObject({ content: "hello" });
  });

  it("a switch reconfigures the demo while it runs", async () => {
    const url = (await owner.instances.read({ parameters: demo })).endpoint ?? "";
    const status = async () => (await fetch(`${url}/agents`)).status;
    const off = { authorization: false, security_key: false };
    await owner.instances.setSwitches({ parameters: demo, body: off });
    expect(await status()).toBe(200);
    await owner.instances.setSwitches({ parameters: demo, body: { ...off, authorization: true } });
    expect(await status()).toBe(401);
  });

  it("an instance is connected, and starts with the lines that it was given", async () => {
    await startShop([]);
    const draft = await owner.instances.create({
      parameters: { organization_id },
      body: { name: "Shop", endpoint },
    });
    shop = { organization_id, instance_id: draft.id };
    await owner.instances.observe({ parameters: shop, body: await probe(endpoint) });
    expect(await owner.instances.connect({ parameters: shop })).toMatchObject({
      is_draft: false,
      os_id: "shop",
    });
    const wanted = await owner.instances.setSwitches({
      parameters: shop,
      body: { authorization: true, security_key: false },
    });
    // It is meant to, and does not yet.
    expect(wanted.findings.map(({ code }) => code)).toContain("INSTANCE_AUTHORIZATION_MISSING");
    const { shell } = await owner.instances.configuration({ parameters: shop });
    await startShop(shell);
    await owner.instances.observe({ parameters: shop, body: await probe(endpoint) });
    // Nothing is left that only code could mend.
    expect(await owner.instances.readPolicy({ parameters: shop })).toMatchObject({
      is_ours: true,
      observed: { authorization: "on" },
      findings: [],
    });
  });

  it("a token is minted, and a chat goes on", async () => {
    const token = await owner.tokens.mint({ parameters: shop, body: { purpose: "curl" } });
    expect(token).toMatchObject({
      audience: "shop",
      issuer: `${controlPlaneUrl}/instances/${shop.instance_id}`,
    });
    const client = await connectInstance({
      controlPlane: owner,
      organizationId: organization_id,
      instanceId: shop.instance_id,
    });
    const stream = client.agents.stream("echo", { message: "good morning" });
    let text = "";
    for await (const event of stream) if (event.event === "RunContent") text += event.content;
    expect(text).toBe("good morning");
    const session_id = stream.sessionId ?? "";
    await client.agents.run("echo", { message: "and again", session_id });
    expect(await client.sessions.listRuns({ parameters: { session_id } })).toMatchObject([
      { content: "good morning" },
      { content: "and again" },
    ]);
  });

  it("a Member is refused, and reads why", async () => {
    const added = await owner.members.add({
      parameters: { organization_id },
      body: { name: "Mia Member", email: "mia@example.com", role: "member" },
    });
    memberId = added.member.person_id;
    member = signIn();
    await member.signIn.redeemLink({ body: { secret: secretOf(added.link?.url ?? ""), password: PASSWORD } });
    const token = await member.tokens.mint({ parameters: demo, body: {} });
    const client = await connectInstance({
      controlPlane: member,
      organizationId: organization_id,
      instanceId: demo.instance_id,
    });
    expect(await client.agents.run("echo", { message: "hello" })).toMatchObject({ content: "hello" });
    const refusal = await refusalOf(client.agents.run("cleanup", { message: "go" }));
    expect(refusal).toMatchObject({
      status: 403,
      code: "SCOPE_MISSING",
      missingScopes: ["knowledge:delete"],
    });
    // Their own denial, by their own token.
    const denial = await client.denials.read({ parameters: { denial_id: refusal.denialId ?? "" } });
    const { causes } = await member.diagnoses.create({
      parameters: demo,
      body: {
        request: { method: "POST", path: "/agents/cleanup/runs" },
        answer: { status: refusal.status, body: { detail: refusal.detail, code: refusal.code } },
        credential: { kind: "minted", jti: token.jti },
        denial,
      },
    });
    expect(causes[0]).toMatchObject({
      code: "TOKEN_ROLE_INSUFFICIENT",
      certainty: "likely",
      title: "your role Member does not give knowledge:delete",
      missing_scopes: ["knowledge:delete"],
    });
    // No other cause may send them for a scope that they have.
    for (const { fix } of causes) expect(fix).not.toContain("agents:cleanup:run");
    // As the fix says, an Owner does it.
    expect(causes[0]?.fix).toMatch(/^ask an Owner or Administrator to do it/);
    const ofOwner = await connectInstance({
      controlPlane: owner,
      organizationId: organization_id,
      instanceId: demo.instance_id,
    });
    expect(await ofOwner.agents.run("cleanup", { message: "go" })).toMatchObject({ status: "COMPLETED" });
  });

  it("the key is rotated under load, and no valid request is refused", async () => {
    const jwks = join(folder, "jwks.json");
    const fetchKeys = async () => {
      const { jwks: keys } = await owner.keys.list({ parameters: shop });
      writeFileSync(jwks, JSON.stringify(keys));
    };
    // The other way that the lines offer: a file, which is read again when it changes.
    await fetchKeys();
    await startShop([
      `export JWT_JWKS_FILE=${jwks}`,
      "export AUTHORIZATION_ENABLED=true",
      "export USER_ISOLATION_ENABLED=true",
    ]);
    const before = await owner.tokens.mint({ parameters: shop, body: {} });

    const failures: unknown[] = [];
    let answered = 0;
    const rounds = Array.from({ length: WORKERS }, () => 0);
    const over = new AbortController();
    const load = rounds.map(async (_, worker) => {
      // Nothing is sent again, which would hide a refusal with 503, or a lost connection.
      const connect = () =>
        connectInstance({
          controlPlane: owner,
          organizationId: organization_id,
          instanceId: shop.instance_id,
          retries: 0,
        });
      // Half of them go through the change of keys with the token that they hold.
      const kept = worker % 2 === 0 ? await connect() : undefined;
      while (!over.signal.aborted) {
        const client = kept ?? (await connect());
        for (let request = 0; request < 3; request += 1)
          await client.agents.list().then(
            () => (answered += 1),
            (error: unknown) => failures.push(error),
          );
        rounds[worker] = (rounds[worker] ?? 0) + 1;
      }
    });
    /** Every worker has begun and ended a round. */
    const afterRounds = async () => {
      const then = [...rounds];
      await vi.waitFor(() => expect(rounds.every((count, at) => count >= (then[at] ?? 0) + 2)).toBe(true), {
        timeout: 30_000,
      });
    };
    try {
      await afterRounds();
      const published = await owner.keys.publish({ parameters: shop });
      const kid = published.data.find(({ station }) => station === "published")?.kid ?? "";
      const old = published.data.find(({ station }) => station === "signing")?.kid ?? "";
      // The instance has not heard of it yet.
      expect(await refusalOf(owner.keys.sign({ parameters: { ...shop, kid } }))).toMatchObject({
        code: "SIGNING_KEY_NOT_LOADED",
      });
      await fetchKeys();
      await vi.waitFor(() => owner.keys.sign({ parameters: { ...shop, kid } }), {
        timeout: 30_000,
        interval: 250,
      });
      await afterRounds();
      expect((await owner.tokens.mint({ parameters: shop, body: {} })).kid).toBe(kid);
      // Tokens of the old key live, and one of them still works.
      expect(await refusalOf(owner.keys.retire({ parameters: { ...shop, kid: old } }))).toMatchObject({
        code: "SIGNING_KEY_IN_USE",
      });
      const headers = { authorization: `Bearer ${before.token}` };
      expect((await fetch(`${endpoint}/agents`, { headers })).status).toBe(200);
      const retired = await owner.keys.retire({
        parameters: { ...shop, kid: old },
        body: { is_forced: true },
      });
      expect(retired.data.find((key) => key.kid === old)).toMatchObject({ station: "retired" });
      await fetchKeys();
      await vi.waitFor(
        async () => expect((await fetch(`${endpoint}/agents`, { headers })).status).toBe(401),
        {
          timeout: 30_000,
          interval: 250,
        },
      );
      await afterRounds();
    } finally {
      over.abort();
      await Promise.all(load);
    }
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThanOrEqual(3 * WORKERS * 6);
  });

  it("the Member is removed: the next request is refused, and the open stream ends", async () => {
    const { token } = await member.tokens.mint({ parameters: shop, body: {} });
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${endpoint}/agents`, { headers })).status).toBe(200);
    const client = await connectInstance({
      controlPlane: member,
      organizationId: organization_id,
      instanceId: shop.instance_id,
    });
    const stream = client.agents.stream("slow", { message: "go" });
    const begun = Promise.withResolvers<void>();
    const ended = (async () => {
      for await (const event of stream) if (event.event === "RunContent") begun.resolve();
    })();
    await begun.promise;
    await owner.members.remove({ parameters: { organization_id, person_id: memberId } });
    const end = await ended.catch((error: unknown) => error);
    // The connection is closed in the middle of it, and no other way will do.
    expect(end).toMatchObject({
      kind: "connection",
      reason: "stream-lost",
      run: { runId: stream.runId },
      cause: { reason: "unreachable" },
    });
    const refused = await fetch(`${endpoint}/agents`, { headers });
    expect([refused.status, await refused.json()]).toMatchObject([
      401,
      { code: expect.stringMatching(/REVOKED/) as unknown },
    ]);
    expect(await refusalOf(member.tokens.mint({ parameters: shop, body: {} }))).toMatchObject({
      isOurs: true,
    });
    // On both instances that had tokens of theirs; it is told a moment after it is in force.
    await vi.waitFor(
      async () => {
        const { data } = await owner.revocations.list({ parameters: { organization_id } });
        const states = data.filter(({ person_id }) => person_id === memberId).map(({ state }) => state);
        expect(states).toEqual(["applied", "applied"]);
      },
      { timeout: 30_000 },
    );
  });

  it("ends cleanly, both listeners at once", async () => {
    await server?.stop();
    const { code, stderr } = await dev.stop("SIGINT");
    expect([code, stderr.match(/unexpected|error/g)]).toEqual([0, null]);
  });
});
