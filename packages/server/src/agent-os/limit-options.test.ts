import { ConfigurationError } from "@agentos/guard";
import { createTestLogger } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";
import type { LimitOptions } from "./limit-options.ts";
import {
  limitsSchema,
  resolveBytesPerOwner,
  resolveLimits,
  resolveRunLimits,
  resolveStoreLimits,
} from "./limit-options.ts";

const MEBIBYTE = 1024 * 1024;

function faultsOf(limits: LimitOptions): readonly string[] {
  try {
    void new AgentOS({ database: null, limits });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe("limits", () => {
  it.each<[string, LimitOptions, LimitOptions]>([
    [
      '"limits.activeRunsPerCaller": is 5, more than "limits.activeRuns" (1) allows all together',
      { activeRuns: 1, activeRunsPerCaller: 5 },
      { activeRuns: 5, activeRunsPerCaller: 5 },
    ],
    [
      '"limits.unreadStreamsPerCaller": is 1001, more than "limits.unreadStreams" (1000 by default) allows all together',
      { unreadStreamsPerCaller: 1_001 },
      { unreadStreamsPerCaller: 1_000 },
    ],
    [
      '"limits.runMebibytesPerCaller": is 0.6, more than "limits.runMebibytes" (0.5) allows all together',
      { runMebibytes: 0.5, runMebibytesPerCaller: 0.6 },
      { runMebibytes: 0.6, runMebibytesPerCaller: 0.5 },
    ],
    [
      '"limits.storedMebibytesPerUser": is 65, more than "limits.storedMebibytes" (64 by default) allows all together',
      { storedMebibytesPerUser: 65 },
      { storedMebibytesPerUser: 64 },
    ],
  ])("that contradict each other stop the start: %s", (fault, limits, twin) => {
    expect(faultsOf(limits)).toEqual([expect.stringContaining(fault)]);
    expect(faultsOf(twin)).toEqual([]);
  });

  it("that contradict each other say which of the two to change", () => {
    const start = () => new AgentOS({ database: null, limits: { activeRuns: 1, activeRunsPerCaller: 5 } });
    expect(start).toThrow('lower it, or raise "limits.activeRuns"');
  });

  it("of a user hold in a database whatever all together may have in memory", async () => {
    const env = { DATABASE_URL: "sqlite:never-opened.db" };
    const describeIn = async (limits: LimitOptions, database?: null) => {
      const os = new AgentOS({ env, limits, ...(database === undefined ? {} : { database }) });
      await os.ready({ isExamined: true });
      return (await os.describe()).limits;
    };
    expect(await describeIn({ storedMebibytesPerUser: 2_000 })).toMatchObject({
      storedMebibytesPerUser: 2_000,
    });
    const byDefault = await describeIn({ activeRuns: 7 });
    expect(byDefault).toMatchObject({ activeRuns: 7, storedMebibytesPerUser: 1_024 });
    expect(byDefault).not.toHaveProperty("storedMebibytes");
    expect(await describeIn({ storedMebibytes: 8 }, null)).toMatchObject({ storedMebibytesPerUser: 2 });
    expect(resolveBytesPerOwner({ storedMebibytes: 8 })).toBe(1_024 * MEBIBYTE);
    expect(resolveBytesPerOwner({ storedMebibytesPerUser: 0.5 })).toBe(MEBIBYTE / 2);
  });

  it("of memory may have a fraction, and those of runs may not", () => {
    expect(faultsOf({ runMebibytes: 0.5, storedMebibytes: 0.01 })).toEqual([]);
    expect(faultsOf({ activeRuns: 0.5 })).toHaveLength(1);
    expect(faultsOf({ runMebibytes: 0 })).toHaveLength(1);
    expect(resolveRunLimits({ runMebibytes: 0.5 })).toMatchObject({
      runBytes: MEBIBYTE / 2,
      runBytesPerCaller: MEBIBYTE / 4,
    });
    expect(resolveStoreLimits({ storedMebibytes: 0.5 })).toEqual({
      maxBytes: MEBIBYTE / 2,
      maxBytesPerOwner: MEBIBYTE / 8,
    });
  });

  it("that are not given are half of what all may have, of the store a quarter", () => {
    expect(resolveLimits({ activeRuns: 5 })).toEqual({
      activeRuns: 5,
      activeRunsPerCaller: 3,
      unreadStreams: 1_000,
      unreadStreamsPerCaller: 500,
      runMebibytes: 128,
      runMebibytesPerCaller: 64,
      pendingRuns: 10_000,
      pendingRunsPerCaller: 5_000,
      pendingMebibytes: 256,
      storedMebibytes: 64,
      storedMebibytesPerUser: 16,
    });
    expect(Object.keys(resolveLimits())).toEqual(Object.keys(limitsSchema.shape));
  });

  it("are shown with the policy when some are chosen, each in force", async () => {
    const os = new AgentOS({ database: null, limits: { activeRuns: 7 } });
    expect((await os.describe()).limits).toEqual(resolveLimits({ activeRuns: 7 }));
    const plain = new AgentOS({ database: null });
    expect(await plain.describe()).not.toHaveProperty("limits");
  });

  it("do not hide that a body is larger than any server reads", async () => {
    const os = new AgentOS({
      database: null,
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      logger: createTestLogger(),
    });
    const post = (length: number) =>
      os.fetch(
        new Request("http://localhost/agents/echo/runs", {
          method: "POST",
          body: "message=hi&stream=false",
          headers: {
            "content-length": String(length),
            "content-type": "application/x-www-form-urlencoded",
          },
        }),
        { clientAddress: "127.0.0.1" },
      );
    const refused = await post(200 * MEBIBYTE);
    expect([refused.status, await refused.json()]).toMatchObject([413, { code: "INPUT_BODY_TOO_LARGE" }]);
    expect((await post(23)).status).toBe(200);
  });

  it("leave one line in the log for all equal refusals, with who was refused", async () => {
    const logger = createTestLogger();
    const os = new AgentOS({
      database: null,
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      logger,
    });
    const run = () => {
      const body = new URLSearchParams({ message: "hi", session_state: `{"a":"${"x".repeat(300_000)}"}` });
      return os.fetch(new Request("http://localhost/agents/echo/runs", { method: "POST", body }), {
        clientAddress: "127.0.0.1",
      });
    };
    const answers = [await run(), await run()];
    expect(answers.map(({ status }) => status)).toEqual([413, 413]);
    expect(logger.entries.map(({ level, facts }) => ({ level, ...facts }))).toEqual([
      {
        level: "warn",
        code: "RUN_STATE_TOO_LARGE",
        limit: 262_144,
        caller: "anonymous",
        route: "POST /agents/{agent_id}/runs",
        count: 1,
        fix: expect.stringContaining('send less in "session_state"') as string,
      },
    ]);
  });
});
