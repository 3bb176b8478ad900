/** Requests that could not start, against a real server and real provider packages; no test waits for a clock. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RunFailure } from "../runs/runnable.ts";
import {
  createPlainAgent,
  createTestContext,
  createTestRuntime,
  createTestServer,
  finish,
  form,
  NOW,
} from "../runs/test-run.fixture.ts";
import { FIRST_RETRY_DELAY, MAX_RETRY_DELAY } from "./agent-limits.ts";
import type { Answer } from "./provider-server.fixture.ts";
import { type ProviderServer, startProviderServer } from "./provider-server.fixture.ts";
import { PROVIDERS, type Provider, runSteps } from "./providers.fixture.ts";
import { runAgent } from "./run-agent.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => server.reset());

const failing = (status: number, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers,
  json: { type: "error", error: { type: "overloaded_error", message: "not now" } },
});

/** A run of one question; `waits` is filled with the milliseconds that were to be waited. */
function start(
  { protocol, model }: Provider,
  answers: readonly Answer[],
  options: {
    readonly maxRetries?: number;
    readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal?: AbortSignal;
  } = {},
) {
  const waits: number[] = [];
  server.answer(...answers, protocol([{ text: ["hi"] }]));
  const loop = {
    model: model(server.url),
    instructions: undefined,
    tools: new Map(),
    toolCallLimit: undefined,
    providerOptions: undefined,
    retry: {
      maxRetries: options.maxRetries ?? 2,
      firstDelay: FIRST_RETRY_DELAY,
      maxDelay: MAX_RETRY_DELAY,
      sleep: async (ms: number, signal: AbortSignal) => {
        waits.push(ms);
        await options.sleep?.(ms, signal);
      },
      random: () => 1,
    },
  };
  const runtime = createTestRuntime();
  const context = createTestContext({
    ...runtime,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { waits, log: runtime.log, ran: runSteps((input) => runAgent(loop, input, context)) };
}

const anthropic = PROVIDERS.find(({ name }) => name === "anthropic") ?? raise();
function raise(): never {
  throw new Error("no such provider");
}

describe.each(PROVIDERS)("a request of $name ($version) that could not start", (provider) => {
  it.each([429, 408, 409, 500, 503])(
    "is made again after %i, each time after twice the wait",
    async (status) => {
      const { waits, ran } = start(provider, [failing(status), failing(status)]);
      const { text, steps } = await ran;
      expect(text).toBe("hi");
      expect(waits).toEqual([FIRST_RETRY_DELAY, 2 * FIRST_RETRY_DELAY]);
      // The caller sees one request.
      expect(steps.filter((step) => step.type === "model-request-started")).toHaveLength(1);
    },
  );

  it("is made again when the connection is cut", async () => {
    const { waits, ran } = start(provider, [{ cuts: true }]);
    expect((await ran).text).toBe("hi");
    expect(waits).toEqual([FIRST_RETRY_DELAY]);
  });

  it("waits as Retry-After says", async () => {
    const { waits, ran } = start(provider, [
      failing(429, { "retry-after": "7" }),
      failing(429, { "retry-after-ms": "1500" }),
    ]);
    await ran;
    expect(waits).toEqual([7_000, 1_500]);
  });

  it.each([400, 401, 403, 404, 422])("fails the run at once after %i", async (status) => {
    const { waits, ran } = start(provider, [failing(status, { "retry-after": "1" })]);
    await expect(ran).rejects.toThrow("Model request failed");
    expect([waits, server.requests.length]).toEqual([[], 1]);
  });
});

describe("the wait", () => {
  it("may be asked for as a date", async () => {
    const date = new Date((NOW + 4.5) * 1_000).toUTCString();
    const { waits, ran } = start(anthropic, [failing(503, { "retry-after": date })]);
    await ran;
    expect(waits).toEqual([4_500]);
  });

  it.each([
    ["61", []],
    ["60", [60_000]],
    ["soon", [FIRST_RETRY_DELAY]],
    ["-1", [FIRST_RETRY_DELAY]],
  ])("that is asked for as %j is taken within the bound only", async (value, expected) => {
    const { waits, ran } = start(anthropic, [failing(429, { "retry-after": value })]);
    await ran.catch(() => {});
    expect(waits).toEqual(expected);
    expect(server.requests).toHaveLength(1 + expected.length);
  });

  it("ends at once when the run is cancelled", async () => {
    const controller = new AbortController();
    const { ran } = start(anthropic, [failing(429)], {
      signal: controller.signal,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("woken")));
          controller.abort(new Error("gone"));
        }),
    });
    await expect(ran).rejects.toThrow("gone");
    expect(server.requests).toHaveLength(1);
  });
});

describe("a further request", () => {
  it("is named in the log, with its cause", async () => {
    const { log, ran } = start(anthropic, [failing(503)]);
    await ran;
    expect(log).toMatchObject([
      {
        level: "info",
        text: "model request is tried again",
        facts: {
          model: "claude-sonnet-4-5",
          attempt: 1,
          delay_ms: FIRST_RETRY_DELAY,
          cause: { statusCode: 503 },
        },
      },
    ]);
  });
});

describe("a failure, in the log,", () => {
  const LONG = "the provider asks for 3600 s, at most 60 s are waited";
  const STATUS = "the same request would fail again: the provider answered with the status 401";

  it.each<[string, readonly Answer[], number, number, string]>([
    ["the last try has failed", [failing(503), failing(503)], 1, 2, '"maxRetries" is 1'],
    ["the wait is too long", [failing(503), failing(429, { "retry-after": "3600" })], 5, 2, LONG],
    ["another try is useless", [failing(401)], 5, 1, STATUS],
    ["nobody may try again", [failing(503)], 0, 1, '"maxRetries" is 0'],
  ])("says how often it was tried, and why not again: %s", async (_, answers, maxRetries, attempts, why) => {
    const { ran } = start(anthropic, answers, { maxRetries });
    const facts = { attempts, not_retried: why, model: "claude-sonnet-4-5" };
    await expect(ran).rejects.toMatchObject({ facts: { ...facts, provider: "anthropic.messages" } });
  });

  it("says that a stream had begun", async () => {
    const whole = anthropic.protocol([{ text: ["half ", "whole"] }]);
    const { ran } = start(anthropic, [failing(503), { events: whole.events?.slice(0, 3) ?? [] }]);
    const not_retried = "its stream had begun, and what it said has been read";
    await expect(ran).rejects.toMatchObject({ facts: { attempts: 2, not_retried } });
  });
});

describe("the log line of a run that failed", () => {
  it("has the facts beside the cause, and ids of its own", async () => {
    const os = createTestServer();
    const facts = { attempts: 3, not_retried: "why", error_id: "forged", run_id: "forged" };
    const agent = createPlainAgent(() => {
      throw new RunFailure("No", { errorType: "model_error", cause: new Error("inside"), facts });
    });
    const { events } = await finish(await os.start(agent, form("hi")));
    const told = events.at(-1) as { readonly error_id?: string };
    expect(JSON.stringify(events)).not.toContain("not_retried");
    expect(os.runtime.log.at(-1)).toMatchObject({
      text: "run failed",
      facts: { attempts: 3, not_retried: "why", error_id: told.error_id, cause: { message: "inside" } },
    });
    expect(JSON.stringify(os.runtime.log)).not.toContain("forged");
  });
});

describe("maxRetries", () => {
  it.each([0, 1, 3])("of %i is the number of further requests", async (maxRetries) => {
    const { ran } = start(
      anthropic,
      Array.from({ length: 9 }, () => failing(503)),
      { maxRetries },
    );
    await expect(ran).rejects.toThrow("Model request failed");
    expect(server.requests).toHaveLength(1 + maxRetries);
  });
});

describe("a stream that broke", () => {
  it("is not begun again: the caller has read its first half", async () => {
    const whole = anthropic.protocol([{ text: ["half ", "whole"] }]);
    const { waits, ran } = start(anthropic, [{ events: whole.events?.slice(0, 3) ?? [] }]);
    await expect(ran).rejects.toThrow("Model request failed");
    expect([waits, server.requests.length]).toEqual([[], 1]);
  });
});
