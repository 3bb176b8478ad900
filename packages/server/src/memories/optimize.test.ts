import { describe, expect, it } from "vitest";
import type { RunnableMemory } from "../runs/runnable.ts";
import { ALICE, BOB } from "../runs/test-run.fixture.ts";
import { optimizeMemories } from "./optimize.ts";
import { createTestMemories } from "./test-memories.fixture.ts";

const ONE = '{"memories":[{"memory":"Likes tea and cake","topics":["food","food"]}]}';

async function createFilled(texts: readonly string[] = ["Likes tea", "Likes cake"]) {
  const memories = createTestMemories();
  for (const memory of texts) await memories.of().add({ memory });
  const optimize = (askModel: RunnableMemory["askModel"], applies = true, owner = ALICE.owner) => {
    const { signal } = new AbortController();
    return optimizeMemories({ owner, memory: { isOn: true, askModel }, applies, signal }, memories);
  };
  return { ...memories, optimize };
}

describe("merging memories", () => {
  it("shows the model the oldest first, and puts its answer in their place", async () => {
    const { optimize, texts } = await createFilled();
    let asked = "";
    const result = await optimize(async ({ text }) => {
      asked = text;
      return `Here you are:\n\`\`\`json\n${ONE}\n\`\`\``;
    });
    expect(asked).toBe('{"memory":"Likes tea","topics":[]}\n{"memory":"Likes cake","topics":[]}');
    expect(result).toMatchObject({ ok: true, value: { after: [{ topics: ["food"] }] } });
    expect(await texts()).toEqual(["Likes tea and cake"]);
  });

  it("changes nothing where it is only to be shown", async () => {
    const { optimize, texts } = await createFilled();
    expect(await optimize(async () => ONE, false)).toMatchObject({ ok: true });
    expect(await texts()).toEqual(["Likes tea", "Likes cake"]);
  });

  it.each([
    "",
    "I cannot do that.",
    "{}",
    '{"memories":[]}',
    '{"memories":[{"memory":""}]}',
    '{"memories":[{"memory":"a","topics":"b"}]}',
    '{"memories":[{"memory":"a\\u0000"}]}',
    '{"memories":[{"memory":"\\ud800"}]}',
    `{"memories":[{"memory":"${"x".repeat(5_001)}"}]}`,
    '{"memories":[{"memory":"a"},{"memory":"b"},{"memory":"c"}]}',
    "[".repeat(100_000),
  ])("keeps everything when the model answers %j", async (answer) => {
    const { optimize, texts } = await createFilled();
    const fault = {
      status: 502,
      detail: "The answer of the model cannot be used; all memories are as they were",
    };
    expect(await optimize(async () => answer)).toEqual({ ok: false, fault });
    expect(await texts()).toEqual(["Likes tea", "Likes cake"]);
  });

  it("keeps everything when the model fails, and tells the cause to the log alone", async () => {
    const { optimize, texts, runtime } = await createFilled();
    const result = await optimize(() => Promise.reject(new Error("key sk-123 is wrong")));
    expect(result).toMatchObject({ ok: false, fault: { status: 502 } });
    expect(JSON.stringify(result)).not.toContain("sk-123");
    expect(runtime.log).toMatchObject([
      { level: "error", facts: { cause: { message: "key sk-123 is wrong" } } },
    ]);
    expect(await texts()).toHaveLength(2);
  });

  it("loses no memory that changed, or came, while the model thought", async () => {
    const { optimize, texts, of } = await createFilled();
    const [newest] = await of().list();
    const changed = await optimize(async () => {
      await of().remove(newest?.memory_id ?? "");
      await of().add({ memory: "Moved to Rome" });
      return ONE;
    });
    expect(changed).toMatchObject({ ok: false, fault: { status: 409 } });
    expect(await texts()).toEqual(["Likes tea", "Moved to Rome"]);
    const added = await optimize(async () => {
      await of().add({ memory: "Has a dog" });
      return ONE;
    });
    expect(added).toMatchObject({ ok: true });
    expect(await texts()).toEqual(["Has a dog", "Likes tea and cake"]);
  });

  it("is not done for a user of whom nothing is known", async () => {
    const { optimize } = await createFilled();
    const fault = { status: 404, detail: "No memories found for user bob" };
    expect(await optimize(async () => ONE, true, BOB.owner)).toEqual({ ok: false, fault });
  });

  it("shows a model no more than it has room for, and leaves the rest alone", async () => {
    const { optimize, texts } = await createFilled(
      Array.from({ length: 80 }, (_, n) => `${n} ${"x".repeat(4_900)}`),
    );
    let bytes = 0;
    await optimize(async ({ text }) => {
      bytes = Buffer.byteLength(text);
      return ONE;
    });
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
    const left = await texts();
    expect(left.at(-1)).toBe("Likes tea and cake");
    expect(left[0]).toMatch(/^0 x/);
    expect(left.length).toBeGreaterThan(20);
  });
});
