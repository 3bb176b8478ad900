import { generateText, type ModelMessage, streamText } from "ai";
import { describe, expect, it } from "vitest";
import { offlineEcho } from "./offline-echo.ts";
import { END_OF_SCRIPT, type OfflineScript, offlineScript, offlineScriptSchema } from "./offline-script.ts";

const user = (content: string): ModelMessage => ({ role: "user", content });
const assistant = (content: string): ModelMessage => ({ role: "assistant", content });

async function textOf(model: ReturnType<typeof offlineScript>, messages: ModelMessage[]): Promise<string> {
  return (await generateText({ model, messages })).text;
}

describe("offlineEcho", () => {
  it("says the last user message back in several deltas", async () => {
    const deltas: string[] = [];
    const result = streamText({
      model: offlineEcho(),
      messages: [user("first"), assistant("x"), user("  héllo  big\nworld ")],
    });
    for await (const delta of result.textStream) deltas.push(delta);
    expect(deltas).toEqual(["  ", "héllo  ", "big\n", "world "]);
  });

  it("works without a stream, and with an empty message", async () => {
    expect(await textOf(offlineEcho(), [user("hello there")])).toBe("hello there");
    expect((await generateText({ model: offlineEcho(), messages: [user("a b")] })).usage).toMatchObject({
      inputTokens: 2,
      outputTokens: 2,
    });
  });
});

describe("offlineScript", () => {
  const model = offlineScript({ steps: [{ text: "one" }, { text: "two" }] });

  it("reads its place from the messages, so it holds no state between runs", async () => {
    expect(await textOf(model, [user("hi")])).toBe("one");
    expect(await textOf(model, [user("hi"), assistant("one")])).toBe("two");
    expect(await textOf(model, [user("hi")])).toBe("one");
    // Earlier turns of the conversation do not count.
    expect(await textOf(model, [user("a"), assistant("x"), user("b")])).toBe("one");
  });

  it("says so when the script is over", async () => {
    expect(await textOf(model, [user("hi"), assistant("1"), assistant("2")])).toBe(END_OF_SCRIPT);
  });

  it("waits as told, before the step and before each word, and passes the signal on", async () => {
    const waits: [number, boolean][] = [];
    const sleep = async (ms: number, signal: AbortSignal | undefined) => {
      waits.push([ms, signal !== undefined]);
    };
    const slow = offlineScript({ steps: [{ delayMs: 500, wordDelayMs: 20, text: "a b" }] }, { sleep });
    const { signal } = new AbortController();
    await generateText({ model: slow, messages: [user("hi")], abortSignal: signal });
    expect(waits).toEqual([
      [500, true],
      [20, true],
      [20, true],
    ]);
  });

  it("lets go of a long wait when the call is aborted", async () => {
    const slow = offlineScript({ steps: [{ delayMs: 600_000, text: "late" }] });
    const controller = new AbortController();
    const answer = generateText({
      model: slow,
      messages: [user("hi")],
      abortSignal: controller.signal,
      maxRetries: 0,
    });
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toThrow();
  });

  it("fails where the script says so, after the text before it", async () => {
    const broken = offlineScript({ steps: [{ text: "half", error: "boom" }] });
    const parts: string[] = [];
    const result = streamText({ model: broken, messages: [user("hi")], onError: () => {} });
    for await (const part of result.stream) parts.push(part.type === "text-delta" ? part.text : part.type);
    expect(parts).toContain("half");
    expect(parts.slice(parts.indexOf("half"))).toContain("error");
  });

  it.each([
    [{ steps: [] }],
    [{ steps: [{}] }],
    [{ steps: [{ text: "x", delayMs: -1 }] }],
    [{ steps: [{ text: "x", delay: 1 }] }],
    [{ steps: [{ toolCalls: [{ args: {} }] }] }],
    [{ steps: [{ text: "x" }], loop: true }],
  ])("refuses %j", (script) => {
    expect(offlineScriptSchema.safeParse(script).success).toBe(false);
    expect(() => offlineScript(script as OfflineScript)).toThrow();
  });
});
