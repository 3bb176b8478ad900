import type { LanguageModelV4, LanguageModelV4Prompt } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { offlineEcho } from "./offline-echo.ts";
import { END_OF_SCRIPT, type OfflineScript, offlineScript, offlineScriptSchema } from "./offline-script.ts";

type Message = LanguageModelV4Prompt[number];
const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const assistant = (text: string): Message => ({ role: "assistant", content: [{ type: "text", text }] });

/** Every part of the stream: deltas as their text, the others by their type. */
async function readStream(
  model: LanguageModelV4,
  prompt: Message[],
  signal?: AbortSignal,
): Promise<string[]> {
  const { stream } = await model.doStream({
    prompt,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  const parts: string[] = [];
  for await (const part of stream) parts.push(part.type === "text-delta" ? part.delta : part.type);
  return parts;
}

async function generate(model: LanguageModelV4, prompt: Message[]) {
  const { content, usage } = await model.doGenerate({ prompt });
  return { text: content.map((part) => (part.type === "text" ? part.text : "")).join(""), usage };
}

const textOf = async (model: LanguageModelV4, prompt: Message[]) => (await generate(model, prompt)).text;

describe("offlineEcho", () => {
  it("says the last user message back in several deltas", async () => {
    const prompt = [user("first"), assistant("x"), user("  héllo  big\nworld ")];
    const parts = await readStream(offlineEcho(), prompt);
    const deltas = ["  ", "héllo  ", "big\n", "world "];
    expect(parts).toEqual(["stream-start", "text-start", ...deltas, "text-end", "finish"]);
  });

  it("works without a stream, and with an empty message", async () => {
    expect(await textOf(offlineEcho(), [user("hello there")])).toBe("hello there");
    expect(await textOf(offlineEcho(), [user("")])).toBe("");
    expect((await generate(offlineEcho(), [user("a b")])).usage).toMatchObject({
      inputTokens: { total: 2 },
      outputTokens: { total: 2 },
    });
  });

  it("takes a long message at the same price a word as a short one", async () => {
    const cost = async (words: number) => {
      const prompt = [user("word ".repeat(words))];
      const start = process.threadCpuUsage();
      expect(await readStream(offlineEcho(), prompt)).toHaveLength(words + 4);
      const { user: own, system } = process.threadCpuUsage(start);
      return (own + system) / words;
    };
    await cost(4_000);
    const short = await cost(4_000);
    // Ten times as long: were it quadratic, a word would cost ten times as much.
    expect(await cost(40_000)).toBeLessThan(short * 5);
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
    expect(await readStream(slow, [user("hi")], signal)).toEqual(expect.arrayContaining(["a ", "b"]));
    expect(waits).toEqual([
      [500, true],
      [20, true],
      [20, true],
    ]);
  });

  it("lets go of a long wait when the call is aborted", async () => {
    const slow = offlineScript({ steps: [{ delayMs: 600_000, text: "late" }] });
    const controller = new AbortController();
    const answer = readStream(slow, [user("hi")], controller.signal);
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toThrow();
  });

  it("fails where the script says so, after the text before it", async () => {
    const broken = offlineScript({ steps: [{ text: "half", error: "boom" }] });
    const parts = await readStream(broken, [user("hi")]);
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
