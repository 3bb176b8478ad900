/** `run`, `chat` and `sessions` against a real server: what is printed, and how they end. */
import type { RunningServer } from "@agentos/guard/app";
import { Agent, AgentOS, tool } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createDemoAgents, DEMO_SCOPE_MAPPINGS } from "../demo/demo-agents.ts";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { startCli } from "../program/spawn-cli.fixture.ts";
import { CTRL_C, CTRL_D, openTypedTerminal } from "../program/typed-terminal.fixture.ts";

const issuer = await createTestIssuer();
const SCOPES = ["agents:read", "agents:run", "sessions:read", "sessions:write", "sessions:delete"];
/** What a hostile model says. */
const ESCAPES = "\u001B[2J\u202Ehidden\u0007";

const hostile = new Agent({
  id: "hostile",
  model: "offline:script",
  tools: [
    tool({
      name: "shout",
      description: "Gives what moves the cursor",
      parameters: z.object({}),
      execute: () => ESCAPES,
    }),
  ],
  script: { steps: [{ text: ESCAPES, toolCalls: [{ name: "shout", args: {} }] }, { text: "first\nsecond" }] },
});
const failing = new Agent({
  id: "failing",
  model: "offline:script",
  script: { steps: [{ error: "no more" }] },
});
/** Says a word, and then waits until it is cancelled; how often it was is counted. */
let cancelled = 0;
const endless = new Agent({
  id: "endless",
  model: "offline:script",
  tools: [
    tool({
      name: "wait",
      description: "Waits for the end of the run",
      parameters: z.object({}),
      execute: (_, { signal }) =>
        new Promise<never>((__, reject) => {
          signal.addEventListener("abort", () => {
            cancelled += 1;
            reject(new Error("cancelled"));
          });
        }),
    }),
  ],
  script: { steps: [{ text: "begun", toolCalls: [{ name: "wait", args: {} }] }] },
});

const os = new AgentOS({
  id: TEST_OS_ID,
  agents: [...createDemoAgents(), hostile, failing, endless],
  database: null,
  env: {},
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  authorizationConfig: {
    verificationKeys: [issuer.verificationKey],
    userIsolation: true,
    scopeMappings: DEMO_SCOPE_MAPPINGS,
  },
});
let server: RunningServer;
let token: string;

beforeAll(async () => {
  server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  token = await issuer.token({ scopes: SCOPES });
});
afterAll(() => server.close());

/** With somebody at a terminal who types these keys at the question. */
const type = async (args: readonly string[], question: string, keys: string) => {
  const terminal = openTypedTerminal();
  terminal.answer(question, keys);
  return runInProcess([...args, "--url", server.url], { env: { AGENTOS_TOKEN: token }, terminal });
};

const ask = (args: readonly string[], stdin = "") =>
  runInProcess([...args, "--url", server.url], { env: { AGENTOS_TOKEN: token }, stdin });

describe("agentos run", () => {
  it("prints the answer alone to standard output, and what happened to standard error", async () => {
    const { code, stdout, stderr } = await ask(["run", "orders", "where is it?"]);
    expect([code, stdout]).toEqual([
      0,
      "Let me look that up. \nOrder A-1001 has been delivered; the total was 42.50.\n",
    ]);
    expect(stderr).toContain('→ lookup_order {"order_id":"A-1001"}');
    expect(stderr).toContain('← lookup_order: {"order_id":"A-1001","status":"delivered","total":42.5}');
  });

  it("goes on with the session that it names", async () => {
    const { stderr } = await ask(["run", "recall", "remember me"]);
    const session = /session (\S+): --session goes on with it/.exec(stderr)?.[1] ?? "";
    const { stdout } = await ask(["run", "recall", "what?", "--session", session]);
    expect(stdout).toBe('Before this you said: "remember me".\n');
  });

  it("says cause, fix and denial id of a refusal, and ends with 2", async () => {
    const { code, stdout, stderr } = await ask(["run", "cleanup", "go"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("[SCOPE_MISSING]");
    expect(stderr).toContain("lacking: knowledge:delete");
    expect(stderr).toMatch(/fix: give the caller the scope "knowledge:delete".*\(the server's own words\)/);
    expect(stderr).toMatch(/denials show den_[\w-]+ --url http\S+ --token env:AGENTOS_TOKEN`/);
    const json = await ask(["run", "cleanup", "go", "--json"]);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      2,
      { error: { status: 403, code: "SCOPE_MISSING", missing_scopes: ["knowledge:delete"] } },
    ]);
  });

  it("leaves a run that asks paused where nobody can answer, and the printed command continues it", async () => {
    const paused = await ask(["run", "refunds", "refund A-1001"]);
    expect(paused.code).toBe(4);
    expect(paused.stderr).toContain('it asks before it calls refund_order {"order_id":"A-1001"}');
    const line = /to go on: agentos (run refunds .+ --approve) /.exec(paused.stderr)?.[1] ?? "";
    const args = line
      .split(" ")
      .filter((word, index, words) => word !== "--url" && words[index - 1] !== "--url");
    const continued = await ask(args);
    expect([continued.code, continued.stdout]).toEqual([0, "The refund has been made.\n"]);
    expect(continued.stderr).toContain('← refund_order: {"order_id":"A-1001","refunded":42.5}');
    await expect(ask(args)).rejects.toThrow("the run waits for nothing");
  });

  it("answers for the person where that is said beforehand", async () => {
    const approved = await ask(["run", "refunds", "refund", "--approve"]);
    expect([approved.code, approved.stderr.includes('"refunded":42.5')]).toEqual([0, true]);
    const rejected = await ask(["run", "refunds", "refund", "--reject"]);
    expect([rejected.code, rejected.stderr.includes("refund_order failed: The person has said no.")]).toEqual(
      [0, true],
    );
  });

  it.each([
    ["Ctrl-C", CTRL_C],
    ["Ctrl-D", CTRL_D],
  ])("%s at a question leaves the run paused, and prints how to go on", async (_, keys) => {
    const paused = await type(["run", "refunds", "refund A-1001"], "[y/N]", keys);
    expect(paused.code).toBe(4);
    expect(paused.stderr).toContain("to go on: agentos run refunds");
    const approved = await type(["run", "refunds", "refund A-1001"], "[y/N]", "y\r");
    expect([approved.code, approved.stderr.includes('"refunded":42.5')]).toEqual([0, true]);
  });

  it("prints each event as a line of JSON, and nothing else", async () => {
    const { code, stdout } = await ask(["run", "echo", "hi", "--json"]);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string });
    expect([code, events[0]?.event, events.at(-1)?.event]).toEqual([0, "RunStarted", "RunCompleted"]);
  });

  it("lets no text of a server move the cursor or hide", async () => {
    const { code, stdout, stderr } = await ask(["run", "hostile", "go"]);
    expect(code).toBe(0);
    expect(stdout).toBe("\\u202ehidden\\u0007\nfirst\nsecond\n");
    expect(stderr).toContain("← shout: ");
    for (const hidden of ["\u001B", "\u202E", "\u0007"]) expect(stdout + stderr).not.toContain(hidden);
  });

  it("ends with 1 when the run fails, when there is no such agent, and when nobody answers", async () => {
    const failed = await ask(["run", "failing", "go"]);
    expect([failed.code, failed.stderr.includes("the run failed")]).toEqual([1, true]);
    const unknown = await ask(["run", "nobody", "go"]);
    expect([unknown.code, unknown.stderr.includes("Agent not found")]).toEqual([1, true]);
    const nowhere = await runInProcess(["run", "echo", "hi", "--url", "http://127.0.0.1:1"]);
    expect([nowhere.code, nowhere.stderr.includes("no connection with http://127.0.0.1:1")]).toEqual([
      1,
      true,
    ]);
  });

  it("sends a token over http to no other machine, and repeats none", async () => {
    const args = ["run", "echo", "hi", "--url", "http://agents.example", "--token", token];
    const error: unknown = await runInProcess(args).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("not sent over http") as unknown });
    expect(String(error)).not.toContain(token.slice(0, 20));
    const refused = await runInProcess(["run", "echo", "hi", "--url", server.url, "--token", `${token}x`]);
    expect(refused.code).toBe(2);
    expect(refused.stdout + refused.stderr).not.toContain(token.slice(0, 20));
  });

  it.each([
    [["run", "echo"], "there is no message"],
    [["run", "echo", "hi", "--continue", "r1"], "takes no message"],
    [["run", "echo", "--continue", "r1"], "needs the session"],
    [["run", "echo", "hi", "--approve", "--reject"], "both"],
  ])("refuses %j before anything is sent", async (args, text) => {
    await expect(ask(args)).rejects.toThrow(text);
  });
});

describe("agentos chat", () => {
  it("keeps to one session", async () => {
    const recall = await ask(["chat", "recall"], "one\n\ntwo\n/exit\nthree\n");
    expect([recall.code, recall.stdout.split("\n")[1]]).toEqual([0, 'Before this you said: "one".']);
    expect(recall.stdout).not.toContain("three");
    expect(recall.stderr).toMatch(/session \S+: --session takes it up again/);
  });

  it("takes no line of a pipe for the answer to what asks, and prints how to go on", async () => {
    const { code, stdout, stderr } = await ask(["chat", "refunds"], "refund\ny\n");
    expect(code).toBe(4);
    expect(stdout).not.toContain("The refund has been made.");
    expect(stderr.match(/to go on: agentos run refunds .+ --approve /g)).toHaveLength(2);
  });

  it("Ctrl-C at a question stops the run, and takes no message for an answer", async () => {
    const terminal = openTypedTerminal();
    terminal.answer("you >", "refund\r");
    terminal.answer("[y/N]", CTRL_C);
    terminal.answer("you >", "/exit\r");
    const { code, stderr } = await runInProcess(["chat", "refunds", "--url", server.url], {
      env: { AGENTOS_TOKEN: token },
      terminal,
    });
    expect([code, stderr.match(/stopped/g)?.length]).toEqual([0, 1]);
    const id = /session (\S+): --session takes it up again/.exec(stderr)?.[1] ?? "";
    const runs = await ask(["sessions", "show", id, "--json"]);
    expect(runs.stdout).toContain('"CANCELLED"');
  });

  it("goes on after a refusal, and its exit status is that of the last turn", async () => {
    const { code, stderr } = await ask(["chat", "cleanup"], "go\ngo\n");
    expect(code).toBe(2);
    expect(stderr.match(/SCOPE_MISSING/g)).toHaveLength(2);
  });
});

describe("Ctrl-C", { timeout: 60_000 }, () => {
  const start = (args: readonly string[], stdin = "") =>
    startCli([...args, "--url", server.url], { env: { AGENTOS_TOKEN: token }, stdin });

  it("cancels a run, and ends the command with 1", async () => {
    const before = cancelled;
    const run = start(["run", "endless", "go"]);
    await run.waitFor(/begun/);
    const { code, stderr } = await run.stop("SIGINT");
    expect([code, stderr.includes("cancelled")]).toEqual([1, true]);
    await vi.waitFor(() => expect(cancelled).toBe(before + 1));
  });

  it("stops an answer of a chat, and the chat goes on with its session", async () => {
    const before = cancelled;
    const talk = start(["chat", "endless"], "first\nsecond\n/exit\n");
    await talk.waitFor(/begun/);
    talk.interrupt();
    await talk.waitFor(/begun[^]*begun/);
    talk.interrupt();
    const { code, stderr } = await talk.finished;
    expect([code, stderr.match(/stopped/g)?.length]).toEqual([0, 2]);
    await vi.waitFor(() => expect(cancelled).toBe(before + 2));
    const id = /session (\S+): --session takes it up again/.exec(stderr)?.[1] ?? "";
    const { stdout } = await ask(["sessions", "show", id]);
    expect(stdout.match(/^you .*/gm)).toEqual(["you    first", "you    second"]);
  });
});

describe("agentos sessions", () => {
  it("lists, shows, renames and deletes", async () => {
    const { stderr } = await ask(["run", "echo", "good morning"]);
    const id = /session (\S+):/.exec(stderr)?.[1] ?? "";
    expect((await ask(["sessions", "list", "--agent", "echo"])).stdout).toMatch(
      new RegExp(`${id} +echo +good morning`),
    );
    const shown = await ask(["sessions", "show", id]);
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringMatching(/you {4}good morning\nagent {2}good morning/),
    ]);
    expect((await ask(["sessions", "rename", id, "Morning"])).stdout).toBe("renamed to Morning\n");
    await expect(ask(["sessions", "delete", id])).rejects.toThrow("nobody has confirmed it");
    expect((await ask(["sessions", "delete", id, "--yes"])).code).toBe(0);
    const gone = await ask(["sessions", "show", id]);
    expect([gone.code, gone.stderr.includes("not found")]).toEqual([1, true]);
  });

  it("shows a stranger nothing", async () => {
    const other = await issuer.token({ subject: "bob", scopes: SCOPES });
    const list = await runInProcess(["sessions", "list", "--url", server.url], {
      env: { AGENTOS_TOKEN: other },
    });
    expect([list.code, list.stdout, list.stderr]).toEqual([0, "", "there are no sessions\n"]);
  });
});
