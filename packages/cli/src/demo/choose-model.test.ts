import { describe, expect, it } from "vitest";
import { chooseDemoModel } from "./choose-model.ts";
import { createDemoAgents } from "./demo-agents.ts";

const KEY = "sk-only-for-tests";

describe("the model of the demo's assistant", () => {
  it("is none without a key: it follows a script, and says what to set", async () => {
    for (const env of [{}, { OPENAI_API_KEY: " " }]) {
      expect(await chooseDemoModel(env)).toEqual({
        model: undefined,
        note: "scripted, no model: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY for a real one",
      });
    }
  });

  // The packages themselves, as a clone has them; nothing is asked of a provider.
  it.each([
    [{ OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: KEY }, "openai.responses", "gpt-5-mini"],
    [{ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: "http://127.0.0.1:9/v1" }, "openai.chat", "gpt-5-mini"],
    [{ OPENAI_API_KEY: "", ANTHROPIC_API_KEY: KEY }, "anthropic.messages", "claude-haiku-4-5"],
    [{ GOOGLE_GENERATIVE_AI_API_KEY: KEY }, "google.generative-ai", "gemini-2.5-flash"],
    [
      { ANTHROPIC_API_KEY: KEY, AGENTOS_DEMO_MODEL: "claude-of-mine" },
      "anthropic.messages",
      "claude-of-mine",
    ],
  ])("is the one whose key is set: %j", async (env, provider, modelId) => {
    const { model, note } = await chooseDemoModel(env);
    expect(model).toMatchObject({ provider, modelId });
    expect(note).toContain(modelId);
    expect(note).not.toContain(KEY);
  });

  it("is none where the package is missing, and the note says how to get it", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package"));
    expect(await chooseDemoModel({ OPENAI_API_KEY: KEY }, missing)).toEqual({
      model: undefined,
      note: 'scripted, no model: OPENAI_API_KEY is set, and "@ai-sdk/openai" is missing; npm install @ai-sdk/openai',
    });
  });

  it("makes the first agent of the demo, which has the same tools either way", async () => {
    const ofKey = async (env: Readonly<Record<string, string>>) =>
      createDemoAgents((await chooseDemoModel(env)).model)[0];
    const [scripted, real] = [await ofKey({}), await ofKey({ ANTHROPIC_API_KEY: KEY })];
    expect([scripted?.id, real?.id]).toEqual(["assistant", "assistant"]);
    expect(scripted?.model).toMatchObject({ provider: "offline" });
    expect(real?.model).toMatchObject({ provider: "anthropic" });
    expect(scripted?.description).toContain("no model");
    expect(real?.description).not.toContain("no model");
  });
});
