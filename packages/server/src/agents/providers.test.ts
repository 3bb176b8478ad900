/** Real provider packages against a local server that speaks their protocols; issue 13, Done-when 4. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestMemories } from "../memories/test-memories.fixture.ts";
import { Agent } from "./agent.ts";
import { USAGE } from "./provider-protocols.fixture.ts";
import { type ProviderServer, startProviderServer } from "./provider-server.fixture.ts";
import { PROVIDERS, runSteps } from "./providers.fixture.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => server.reset());

const sent = (index: number) => JSON.stringify(server.requests[index]?.body);

describe.each(PROVIDERS)("$name ($version)", ({ version, protocol, model, inputTokens = USAGE.input }) => {
  const create = (options: object = {}) => new Agent({ id: "a", model: model(server.url), ...options });

  it("is of the version that the table says", () => {
    expect(model(server.url).specificationVersion).toBe(version);
  });

  it("streams text as it comes, and tells the usage", async () => {
    server.answer(protocol([{ text: ["Hel", "lo ", "there"] }]));
    const agent = create({ instructions: "Be brief." });
    const { steps, text, usage } = await runSteps((...run) => agent.run(...run), { message: "hi you" });
    expect(text).toBe("Hello there");
    expect(steps.filter((step) => step.type === "content")).toHaveLength(3);
    expect(usage).toMatchObject({
      inputTokens,
      cacheReadTokens: USAGE.cacheRead,
      outputTokens: USAGE.output,
      totalTokens: inputTokens + USAGE.output,
    });
    expect(sent(0)).toContain("Be brief.");
    expect(sent(0)).toContain("hi you");
  });

  it("calls a tool, gets its result and goes on", async () => {
    server.answer(
      protocol([
        { text: ["Let me see."] },
        { call: { id: "c1", name: "add_numbers", input: '{"a":40,"b":2}' } },
      ]),
      protocol([{ text: ["It is 42"] }]),
    );
    const agent = create({ tools: TEST_TOOLS });
    const { steps, text } = await runSteps((...run) => agent.run(...run));
    expect(text).toBe("Let me see.It is 42");
    expect(steps.filter((step) => step.type === "tool-completed")).toMatchObject([
      {
        tool: { tool_name: "add_numbers", tool_args: { a: 40, b: 2 }, result: "42", tool_call_error: false },
      },
    ]);
    expect(sent(0)).toContain("Waits for a person");
    // OpenAI keeps what it said, and is sent the name under which it kept it.
    expect(sent(1)).toMatch(/Let me see\.|"item_reference","id":"item_0"/);
    expect(sent(1)).toContain("42");
  });

  it("is shown an uploaded image", async () => {
    server.answer(protocol([{ text: ["a cat"] }]));
    const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3]);
    const image = {
      kind: "image",
      id: "m1",
      mimeType: "image/png",
      source: { type: "bytes", bytes },
    } as const;
    const agent = create();
    expect((await runSteps((...run) => agent.run(...run), { media: [image] })).text).toBe("a cat");
    expect(sent(0)).toContain(Buffer.from(bytes).toString("base64"));
    expect(sent(0)).toContain("image/png");
  });

  it("keeps memories of the user by its tools, while it answers and after", async () => {
    const remember = (id: string, memory: string) =>
      protocol([{ call: { id, name: "add_memory", input: JSON.stringify({ memory }) } }]);
    server.answer(remember("c1", "Has a dog"), protocol([{ text: ["Noted."] }]), remember("c2", "Likes tea"));
    const memories = createTestMemories();
    const agent = create({ enableAgenticMemory: true, updateMemoryOnRun: true, instructions: "Be brief." });
    await memories.of().add({ memory: "Lives in Rome" });
    const { steps, text } = await runSteps(
      (...run) => agent.run(...run),
      { message: "I like tea" },
      { memories: memories.of() },
    );
    expect(text).toBe("Noted.");
    expect(steps.at(-1)).toMatchObject({
      type: "memory-update-completed",
      memories: [{ memory: "Likes tea" }],
      usage: { outputTokens: USAGE.output },
    });
    expect(await memories.texts()).toEqual(["Lives in Rome", "Has a dog", "Likes tea"]);
    expect(sent(0)).toContain("Lives in Rome");
    expect(sent(1)).toContain("Has a dog");
    expect(sent(2)).toContain("I like tea");
  });

  it("is cut off at its server when the run is cancelled", async () => {
    const whole = protocol([{ text: ["one ", "two ", "three "] }]);
    server.answer({ events: whole.events?.slice(0, -2) ?? [], hangs: true });
    const controller = new AbortController();
    const agent = create();
    const run = runSteps(
      async function* (...args) {
        for await (const step of agent.run(...args)) {
          yield step;
          if (step.type === "content") controller.abort(new Error("gone"));
        }
      },
      {},
      { signal: controller.signal },
    );
    await expect(run).rejects.toThrow("gone");
    await server.requests[0]?.hungUp;
  });

  it("fails the run, once, for a request that the provider calls wrong", async () => {
    server.answer({ status: 400, json: { error: { type: "invalid", message: "no such model" } } });
    const agent = create();
    await expect(runSteps((...run) => agent.run(...run))).rejects.toThrow("Model request failed");
    expect(server.requests).toHaveLength(1);
  });

  it("names the provider for the operator where it refuses the key, and says what to do", async () => {
    server.answer({ status: 401, json: { error: { type: "auth", message: "wrong key" } } });
    const agent = create();
    await expect(runSteps((...run) => agent.run(...run))).rejects.toMatchObject({
      cause: { statusCode: 401 },
      facts: {
        provider: expect.any(String) as string,
        fix: expect.stringMatching(/^give the server a key that \S+ accepts/) as string,
      },
    });
  });
});
