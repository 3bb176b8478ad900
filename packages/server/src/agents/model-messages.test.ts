/** What of earlier runs a model is shown, and that what was kept for its provider goes only where it belongs. */

import type { Message } from "@agentos/contract";
import { TOKEN_SHAPED } from "@agentos/testkit";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { Agent } from "./agent.ts";
import { toHistory, toUserMessage } from "./model-messages.ts";
import { createPartsModel, FINISH, say } from "./parts-model.fixture.ts";
import { runSteps } from "./providers.fixture.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

const { model } = createPartsModel([]);
const base = { id: "1", from_history: false, stop_after_tool_call: false, created_at: 1 } as const;
const assistant = (rest: Partial<Message>): Message => ({ ...base, role: "assistant", ...rest });
const history = (messages: readonly Message[], of = model) => toHistory([messages], of, 1);
const call = (id: string) => ({
  id,
  type: "function" as const,
  function: { name: "get_time", arguments: "{}" },
});
const callPart = (id: string) => ({ type: "tool-call", toolCallId: id, toolName: "get_time", input: {} });

describe("toUserMessage", () => {
  const file = {
    kind: "image",
    id: "m",
    mimeType: "image/png",
    source: { type: "bytes", bytes: new Uint8Array([1]) },
  } as const;

  it("has no empty text beside a file, which providers refuse", () => {
    expect(toUserMessage({ message: "", media: [file] }).content).toMatchObject([{ type: "file" }]);
    expect(toUserMessage({ message: "look", media: [file] }).content).toMatchObject([
      { type: "text" },
      { type: "file" },
    ]);
    expect(toUserMessage({ message: "", media: [] }).content).toEqual([{ type: "text", text: "" }]);
  });
});

describe("toHistory", () => {
  it("gives results that followed one another in one message", () => {
    const result = (id: string): Message => ({
      ...base,
      role: "tool",
      content: "noon",
      tool_call_id: id,
      tool_name: "get_time",
    });
    const messages = [
      assistant({ tool_calls: [call("c1"), call("c2")] }),
      result("c1"),
      result("c2"),
      assistant({ content: "ok" }),
    ];
    expect(history(messages).map(({ role, content }) => [role, content.length])).toEqual([
      ["assistant", 2],
      ["tool", 2],
      ["assistant", 1],
    ]);
  });

  it("leaves out an answer that says nothing: providers refuse an empty message", () => {
    expect(history([assistant({}), assistant({ content: "ok" })])).toEqual([
      { role: "assistant", content: [{ type: "text", text: "ok" }] },
    ]);
  });

  it("redacts what was stored before there was a rule for it", () => {
    expect(JSON.stringify(history([assistant({ content: TOKEN_SHAPED })]))).not.toContain("eyJ");
  });
});

describe("what a message keeps for its provider", () => {
  const options = { parts: { id: "i1" } };
  const said: LanguageModelV4StreamPart[] = [
    { type: "text-start", id: "t", providerMetadata: options },
    { type: "text-delta", id: "t", delta: "Hm." },
    { type: "tool-call", toolCallId: "c1", toolName: "get_time", input: "{}" },
    FINISH,
  ];

  /** The message of the turn above, as it is stored. */
  async function store(parts = said): Promise<Message> {
    const agent = new Agent({
      id: "a",
      model: createPartsModel([parts, [...say("ok"), FINISH]]).model,
      tools: TEST_TOOLS,
    });
    const { messages } = await runSteps((...run) => agent.run(...run));
    return messages[1] ?? assistant({});
  }
  const withOptions = [
    { role: "assistant", content: [{ type: "text", text: "Hm.", providerOptions: options }, callPart("c1")] },
  ];
  const without = [{ role: "assistant", content: [{ type: "text", text: "Hm." }, callPart("c1")] }];

  it("is an item's name too, without any reasoning", async () => {
    expect(toHistory([[await store()]], model, 0)).toEqual(withOptions);
  });

  it("goes to the same model of the same provider only", async () => {
    const message = await store();
    expect(toHistory([[message]], { ...model, provider: "other.chat" }, 0)).toEqual(without);
    expect(toHistory([[message]], { ...model, modelId: "other" }, 0)).toEqual(without);
  });

  it("is left out when the text of the message has another length now", async () => {
    const message = await store();
    const [first] = toHistory([[{ ...message, content: "Hm. Well." }]], model, 0);
    expect(first?.content).toEqual([{ type: "text", text: "Hm. Well." }, callPart("c1")]);
  });

  it("is left out when the message has other calls now", async () => {
    const message = await store();
    const [first] = toHistory([[{ ...message, tool_calls: [call("c1"), call("c2")] }]], model, 0);
    expect(first?.content).toEqual([{ type: "text", text: "Hm." }, callPart("c1"), callPart("c2")]);
  });

  it("is left out, and the text redacted, when the text has a token in it", async () => {
    const message = await store();
    const content = TOKEN_SHAPED;
    const data = {
      ...message.provider_data,
      text_length: content.length,
      parts: [{ type: "text", from: 0, to: content.length, options }],
    };
    const [first] = toHistory([[assistant({ content, provider_data: data })]], model, 0);
    expect(first?.content).toEqual([{ type: "text", text: "[redacted token]" }]);
  });

  it.each([[{}], [{ provider: "parts.chat", model: "m", parts: "x" }], [undefined]])(
    "is not read from %j",
    (data) => {
      const message = assistant({
        content: "Hm.",
        tool_calls: [call("c1")],
        ...(data === undefined ? {} : { provider_data: data }),
      });
      expect(history([message])).toEqual(without);
    },
  );

  it("loses what looks like a token, and the text stays", async () => {
    const [text, ...rest] = said;
    const secret = {
      ...text,
      providerMetadata: { parts: { id: TOKEN_SHAPED } },
    } as LanguageModelV4StreamPart;
    const message = await store([secret, ...rest]);
    expect(message).not.toHaveProperty("provider_data");
    expect(toHistory([[message]], model, 0)).toEqual(without);
  });

  it("keeps text and reasoning apart that bear the same id", async () => {
    const mixed: LanguageModelV4StreamPart[] = [
      { type: "reasoning-start", id: "0", providerMetadata: options },
      { type: "text-start", id: "0" },
      { type: "reasoning-delta", id: "0", delta: "think" },
      { type: "text-delta", id: "0", delta: "say" },
      FINISH,
    ];
    const message = await store(mixed);
    expect(message).toMatchObject({ content: "say", reasoning_content: "think" });
    expect(toHistory([[message]], model, 0)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "think", providerOptions: options },
          { type: "text", text: "say" },
        ],
      },
    ]);
  });
});
