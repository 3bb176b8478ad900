import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { callModel, type StreamPart } from "./call-model.ts";
import { refuseForeignUrls } from "./check-urls.ts";
import type { ModelObject } from "./model-object.ts";
import type { PromptMessage } from "./prompt.ts";
import { type FinishPart, findBrokenFinish, readUsage } from "./read-finish.ts";
import { decideRetry, type RetryPolicy } from "./retry.ts";
import { sleepByTimer } from "./sleep.ts";
import { startStream } from "./start-stream.ts";

const base = { provider: "p", modelId: "m", supportedUrls: {} };
const unused = () => Promise.reject(new Error("not used"));
const { signal } = new AbortController();

/** A model of each version that keeps the prompt that it was given. */
function watchedModel(version: ModelObject["specificationVersion"]): {
  readonly prompts: unknown[];
  readonly model: ModelObject;
} {
  const prompts: unknown[] = [];
  const doStream = async <Part>({ prompt }: { readonly prompt: unknown }) => {
    prompts.push(prompt);
    return { stream: new ReadableStream<Part>() };
  };
  const rest = { ...base, doGenerate: unused, doStream };
  if (version === "v4")
    return { prompts, model: { specificationVersion: "v4", ...rest } satisfies LanguageModelV4 };
  if (version === "v3")
    return { prompts, model: { specificationVersion: "v3", ...rest } satisfies LanguageModelV3 };
  return { prompts, model: { specificationVersion: "v2", ...rest } satisfies LanguageModelV2 };
}

describe("callModel", () => {
  const bytes = new Uint8Array([1]);
  const url = new URL("https://a.example/x.png");
  const files = (data: unknown[]) => data.map((one) => ({ type: "file", mediaType: "image/png", data: one }));
  const prompt: PromptMessage[] = [
    { role: "system", content: "s" },
    {
      role: "user",
      content: [
        { type: "file", mediaType: "image/png", data: { type: "data", data: bytes } },
        { type: "file", mediaType: "image/png", data: { type: "url", url } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: "t" },
        { type: "custom", kind: "p.thing" },
        { type: "file", mediaType: "image/png", data: { type: "data", data: "QQ==" } },
      ],
    },
  ];

  it("gives a V4 model the prompt as it is", async () => {
    const { model, prompts } = watchedModel("v4");
    await callModel(model, { prompt, abortSignal: signal });
    expect(prompts).toEqual([prompt]);
  });

  it.each(["v3", "v2"] as const)(
    "gives a %s model its files plainly, and nothing that only V4 has",
    async (version) => {
      const { model, prompts } = watchedModel(version);
      await callModel(model, { prompt, abortSignal: signal });
      expect(prompts).toEqual([
        [
          { role: "system", content: "s" },
          { role: "user", content: files([bytes, url]) },
          { role: "assistant", content: [{ type: "text", text: "t" }, ...files(["QQ=="])] },
        ],
      ]);
    },
  );
});

describe("the finish of a stream", () => {
  const nested: FinishPart = {
    type: "finish",
    finishReason: { unified: "stop", raw: "end" },
    usage: {
      inputTokens: { total: 5, noCache: 2, cacheRead: 2, cacheWrite: 1 },
      outputTokens: { total: 4, text: 1, reasoning: 3 },
    },
  };
  const flat: FinishPart = {
    type: "finish",
    finishReason: "stop",
    usage: { inputTokens: 5, outputTokens: 4, totalTokens: 10, reasoningTokens: 3, cachedInputTokens: 2 },
  };

  it("tells the usage, nested or flat", () => {
    const common = { inputTokens: 5, outputTokens: 4, reasoningTokens: 3, cacheReadTokens: 2 };
    expect(readUsage(nested)).toEqual({ ...common, totalTokens: 9, cacheWriteTokens: 1 });
    expect(readUsage(flat)).toEqual({ ...common, totalTokens: 10, cacheWriteTokens: 0 });
    const none = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined };
    expect(readUsage({ ...flat, usage: none })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      totalTokens: 0,
    });
  });

  it("is broken by an error or an interruption, and by nothing else", () => {
    const nestedReasons = [
      "stop",
      "length",
      "content-filter",
      "tool-calls",
      "other",
      "error",
      "interrupted",
    ] as const;
    const broken = nestedReasons.filter(
      (unified) => findBrokenFinish({ ...nested, finishReason: { unified, raw: undefined } }) !== undefined,
    );
    expect(broken).toEqual(["error", "interrupted"]);
    const flatReasons = [
      "stop",
      "length",
      "content-filter",
      "tool-calls",
      "other",
      "unknown",
      "error",
    ] as const;
    expect(
      flatReasons.filter((finishReason) => findBrokenFinish({ ...flat, finishReason }) !== undefined),
    ).toEqual(["error"]);
  });
});

describe("refuseForeignUrls", () => {
  const ask = (supportedUrls: LanguageModelV4["supportedUrls"], href: string, mediaType = "image/png") => {
    const model: LanguageModelV4 = {
      ...base,
      supportedUrls,
      specificationVersion: "v4",
      doGenerate: unused,
      doStream: unused,
    };
    const file = { type: "file", mediaType, data: { type: "url", url: new URL(href) } } as const;
    return refuseForeignUrls(model, [{ role: "user", content: [file] }]);
  };

  it.each([
    ["of any type", { "*": [/^https:/] }],
    ["of any type, in two parts", { "*/*": [/^https:/] }],
    ["of its kind", { "image/*": [/^https:/] }],
    ["of exactly its type", { "Image/PNG": [/^https:/] }],
    ["by the second pattern", { "image/*": [/^gs:/, /\.png$/] }],
    ["by a promise", Promise.resolve({ "image/*": [/^https:/] })],
    ["by a pattern in capitals of the URL", { "image/*": [/^https:\/\/cdn\.example\/a\.png$/] }],
  ])("lets pass a URL that the model opens: %s", async (_, supportedUrls) => {
    await expect(ask(supportedUrls, "https://CDN.example/A.png")).resolves.toBeUndefined();
  });

  it.each([
    ["nothing is", {}],
    ["another kind is", { "application/pdf": [/./], "audio/*": [/./], "image/jpeg": [/./], "imag/*": [/./] }],
    ["other addresses are", { "image/*": [/^https:\/\/files\.example\//] }],
  ])("refuses a URL when only %s opened by the model", async (_, supportedUrls) => {
    await expect(ask(supportedUrls, "https://cdn.example/a.png")).rejects.toThrow("does not open URLs");
  });

  it("asks a pattern with a memory from the start each time", async () => {
    const supportedUrls = { "image/*": [/^https:/g] };
    for (let time = 0; time < 3; time += 1) await ask(supportedUrls, "https://cdn.example/a.png");
  });
});

describe("decideRetry", () => {
  const policy: RetryPolicy = {
    maxRetries: 9,
    firstDelay: 1_000,
    maxDelay: 8_000,
    sleep: unused,
    random: () => 0,
  };
  const network = (code: string) =>
    new Error("fetch failed", { cause: Object.assign(new Error("no"), { code }) });

  it("knows a network failure that nobody wrapped, and no other exception", () => {
    expect(decideRetry(network("ECONNRESET"), 0, { policy, now: 0 })).toEqual({ delay: 750 });
    const final = { notRetried: "it is no failure of the connection" };
    expect(decideRetry(network("ENOENT"), 0, { policy, now: 0 })).toEqual(final);
    expect(decideRetry("ECONNRESET", 0, { policy, now: 0 })).toEqual(final);
  });

  it("grows up to the bound, spread over its last quarter", () => {
    const delays = [0, 1, 2, 3, 4].map((attempt) =>
      decideRetry(network("EPIPE"), attempt, { policy: { ...policy, random: () => 1 }, now: 0 }),
    );
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 8_000].map((delay) => ({ delay })));
    expect(decideRetry(network("EPIPE"), 3, { policy, now: 0 })).toEqual({ delay: 6_000 });
  });
});

describe("startStream", () => {
  const retry: RetryPolicy = {
    maxRetries: 0,
    firstDelay: 1,
    maxDelay: 1,
    sleep: unused,
    random: () => 0,
  };
  const clock = { now: () => 0 };
  const logger = { error: () => {}, warn: () => {}, info: () => {} };

  it("does not wait for a model that ignores the signal, and closes its stream when it comes after all", async () => {
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<{ stream: ReadableStream<never> }>();
    const model: LanguageModelV4 = {
      ...base,
      specificationVersion: "v4",
      doGenerate: unused,
      doStream: () => promise,
    };
    const started = startStream(
      model,
      { prompt: [], abortSignal: controller.signal },
      { retry, clock, logger },
    );
    controller.abort(new Error("gone"));
    await expect(started).rejects.toThrow("gone");
    const closed = new Promise<unknown>((tell) => {
      resolve({ stream: new ReadableStream<never>({ cancel: tell }) });
    });
    expect(await closed).toBe(controller.signal.reason);
  });

  it("is not tried again when the failure is that of the abort", async () => {
    const controller = new AbortController();
    let sleeps = 0;
    const sleep = async () => void (sleeps += 1);
    const doStream = async () => {
      controller.abort(new Error("gone"));
      throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
    };
    const model: LanguageModelV4 = { ...base, specificationVersion: "v4", doGenerate: unused, doStream };
    const options = { retry: { ...retry, maxRetries: 2, sleep }, clock, logger };
    const started = startStream(model, { prompt: [], abortSignal: controller.signal }, options);
    await expect(started).rejects.toThrow("gone");
    expect(sleeps).toBe(0);
  });

  it("is not even tried for a run that has ended", async () => {
    let calls = 0;
    const doStream = async () => {
      calls += 1;
      return { stream: new ReadableStream<Extract<StreamPart, { type: "raw" }>>() };
    };
    const model: LanguageModelV4 = { ...base, specificationVersion: "v4", doGenerate: unused, doStream };
    const aborted = AbortSignal.abort(new Error("gone"));
    await expect(
      startStream(model, { prompt: [], abortSignal: aborted }, { retry, clock, logger }),
    ).rejects.toThrow("gone");
    expect(calls).toBe(0);
  });
});

describe("sleepByTimer", () => {
  it("ends when its time is over, and at once when the signal aborts", async () => {
    await sleepByTimer(0, signal);
    const controller = new AbortController();
    const sleeping = sleepByTimer(600_000, controller.signal);
    controller.abort(new Error("gone"));
    await expect(sleeping).rejects.toMatchObject({ message: "aborted", cause: { message: "gone" } });
    await expect(sleepByTimer(600_000, controller.signal)).rejects.toThrow("gone");
  });
});
