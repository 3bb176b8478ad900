/** What a provider signed or encrypted goes back to it, in the same run and in later ones, and to nobody else. */

import { TOKEN_SHAPED } from "@agentos/testkit";
import { createAnthropic } from "@ai-sdk/anthropic";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NOW } from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import { MAX_PROVIDER_DATA_AGE, MAX_PROVIDER_DATA_BYTES } from "./agent-limits.ts";
import type { Said } from "./provider-protocols.fixture.ts";
import { type ProviderServer, startProviderServer } from "./provider-server.fixture.ts";
import { PROVIDERS, type Provider, type Ran, runSteps } from "./providers.fixture.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => server.reset());

const sent = (index: number) => JSON.stringify(server.requests.at(index)?.body);

const find = (name: string): Provider => {
  const provider = PROVIDERS.find((candidate) => candidate.name === name);
  if (provider === undefined) throw new Error(`no provider ${name}`);
  return provider;
};

// Unstored at OpenAI: the reasoning itself goes back, encrypted, and not its name.
const providerOptions = { openai: { store: false, include: ["reasoning.encrypted_content"] } };

/** One run with a tool call after some reasoning, so two requests; then one that has it as history. */
async function runTwice(
  provider: Provider,
  said: readonly Said[],
  change = (first: Ran): Ran["messages"] => first.messages,
) {
  server.answer(
    provider.protocol([...said, { call: { id: "c1", name: "get_time", input: "{}" } }]),
    provider.protocol([{ text: ["It is noon."] }]),
    provider.protocol([{ text: ["Still noon."] }]),
  );
  const agent = new Agent({ id: "a", model: provider.model(server.url), tools: TEST_TOOLS, providerOptions });
  const first = await runSteps((...run) => agent.run(...run), { message: "What time is it?" });
  const second = await runSteps(
    (...run) => agent.run(...run),
    { message: "And now?" },
    { history: [change(first)] },
  );
  return { first, second };
}

describe.each([
  ...["anthropic", "anthropic 3", "anthropic 2"].map((name) => ({
    name,
    expected: [
      '{"type":"thinking","thinking":"I think","signature":"sig-1"}',
      '{"type":"redacted_thinking","data":"hidden-1"}',
    ],
  })),
  ...["openai responses", "openai 3", "openai 2"].map((name) => ({
    name,
    expected: ['"encrypted_content":"sig-1"', '"summary":[{"type":"summary_text","text":"I think"}]'],
  })),
  { name: "openai-compatible", expected: ['"reasoning_content":"I think"'] },
  { name: "google", expected: ['"thoughtSignature":"sig-1"', '{"text":"I think","thought":true}'] },
])("reasoning of $name", ({ name, expected }) => {
  const said: Said[] = [
    { reasoning: ["I ", "think"], signature: "sig-1" },
    { hidden: "hidden-1" },
    { text: ["Hm."] },
  ];

  it("is streamed as reasoning, and goes back in the run and in a later one, signed as it was", async () => {
    const { first, second } = await runTwice(find(name), said);
    expect(first.reasoning).toBe("I think");
    expect(first.messages[1]).toMatchObject({ content: "Hm.", reasoning_content: "I think" });
    expect([first.text, second.text]).toEqual(["Hm.It is noon.", "Still noon."]);
    for (const index of [1, 2]) for (const part of expected) expect(sent(index)).toContain(part);
  });
});

describe("what a message keeps for its provider", () => {
  const anthropic = find("anthropic");
  const said: Said[] = [{ reasoning: ["I think"], signature: "sig-1" }, { text: ["Hm."] }];

  it("does not go to another model", async () => {
    const { first } = await runTwice(anthropic, said);
    const compatible = find("openai-compatible");
    const others = [
      { protocol: compatible.protocol, model: compatible.model(server.url) },
      {
        protocol: anthropic.protocol,
        model: createAnthropic({ baseURL: server.url, apiKey: "k" })("claude-opus-4-5"),
      },
    ];
    for (const { protocol, model } of others) {
      server.answer(protocol([{ text: ["ok"] }]));
      const other = new Agent({ id: "b", model, tools: TEST_TOOLS });
      await runSteps((...run) => other.run(...run), {}, { history: [first.messages] });
      expect(sent(-1)).toContain("Hm.");
      expect(sent(-1)).toContain("get_time");
      expect(sent(-1)).not.toMatch(/sig-1|I think/);
    }
  });

  it("is left out when it is too old for the provider to know its items", async () => {
    const age = (by: number) => (first: Ran) =>
      first.messages.map((message) => ({ ...message, created_at: Math.floor(NOW) - by }));
    await runTwice(anthropic, said, age(MAX_PROVIDER_DATA_AGE + 5));
    expect(sent(-1)).toContain("Hm.");
    expect(sent(-1)).not.toContain("sig-1");
    await runTwice(anthropic, said, age(MAX_PROVIDER_DATA_AGE - 5));
    expect(sent(-1)).toContain("sig-1");
  });

  it("is left out when a text of the message was changed since", async () => {
    await runTwice(anthropic, said, ({ messages }) =>
      messages.map((message) => ({
        ...message,
        ...(message.reasoning_content === undefined ? {} : { reasoning_content: "I thought" }),
      })),
    );
    expect(sent(-1)).toContain("Hm.");
    expect(sent(-1)).not.toMatch(/sig-1|I th/);
  });

  it("is dropped above its limit in bytes, and the message stays", async () => {
    const long = (length: number): Said[] => [
      { reasoning: ["I think"], signature: "s".repeat(length) },
      { text: ["Hm."] },
    ];
    const { first, second } = await runTwice(anthropic, long(MAX_PROVIDER_DATA_BYTES));
    // In the run itself nothing is stored, so nothing is dropped.
    expect(sent(1)).toContain("ssss");
    expect(first.messages[1]).not.toHaveProperty("provider_data");
    expect(first.messages[1]).toMatchObject({ content: "Hm.", reasoning_content: "I think" });
    expect(second.text).toBe("Still noon.");
    expect(sent(-1)).not.toContain("ssss");
    await runTwice(anthropic, long(MAX_PROVIDER_DATA_BYTES - 1_000));
    expect(sent(-1)).toContain("ssss");
  });

  it.each([
    ["reasoning with a token in it", { reasoning: [`use ${TOKEN_SHAPED} `, "now"], signature: "sig-1" }],
    ["a signature that looks like a token", { reasoning: ["I think"], signature: TOKEN_SHAPED }],
  ])("is not sent for %s: the signature would no longer be right", async (_, reasoning) => {
    const { first, second } = await runTwice(anthropic, [reasoning, { text: ["Hm."] }]);
    expect(second.text).toBe("Still noon.");
    for (const index of [1, 2]) {
      expect(sent(index)).toContain("Hm.");
      expect(sent(index)).not.toMatch(/"thinking"|sig-1|eyJ/);
    }
    expect(JSON.stringify(first.messages)).not.toContain("eyJ");
  });

  it("keeps the order of reasoning, text and calls", async () => {
    await runTwice(anthropic, [
      { reasoning: ["one"], signature: "s1" },
      { text: ["two"] },
      { reasoning: ["three"], signature: "s2" },
      { text: ["four"] },
    ]);
    for (const index of [1, 2]) {
      const places = ["one", "two", "three", "four", '"tool_use"'].map((part) => sent(index).indexOf(part));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it("is nothing for a message that is only text and calls", async () => {
    const chat = find("openai chat");
    const { first } = await runTwice(chat, [{ text: ["Hm."] }]);
    expect(first.messages).toHaveLength(4);
    for (const message of first.messages) expect(message).not.toHaveProperty("provider_data");
  });
});
