import { TOKEN_SHAPED } from "@agentos/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunMedia } from "../runs/runnable.ts";
import {
  createPlainAgent,
  createTestContext,
  createTestServer,
  finish,
  form,
} from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import { offlineEcho } from "./offline-echo.ts";

const base = { id: "m1", mimeType: "image/png" } as const;
const linked: RunMedia = {
  ...base,
  kind: "image",
  source: { type: "url", url: "https://cdn.example.com/a.png" },
};
const uploaded: RunMedia = {
  ...base,
  kind: "image",
  filename: "a.png",
  source: { type: "bytes", bytes: new Uint8Array([1, 2, 3]) },
};

/** A model that keeps its prompts and opens the given URLs itself. */
function watchedModel(supportedUrls: Record<string, RegExp[]>) {
  const echo = offlineEcho();
  const prompts: unknown[] = [];
  const model: typeof echo = {
    ...echo,
    supportedUrls,
    doStream(call) {
      prompts.push(call.prompt);
      return echo.doStream(call);
    },
  };
  return { prompts, agent: new Agent({ id: "helper", model }) };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("media of a run", () => {
  it("reach a model that opens URLs as a URL; the server opens nothing", async () => {
    const fetched = vi.fn<typeof fetch>();
    vi.stubGlobal("fetch", fetched);
    const server = createTestServer();
    const { agent, prompts } = watchedModel({ "image/*": [/^https:/] });
    const { output } = await finish(await server.start(agent, form("look", { media: [linked, uploaded] })));
    expect(output.status).toBe("COMPLETED");
    expect(JSON.stringify(prompts)).toContain("https://cdn.example.com/a.png");
    expect(fetched).not.toHaveBeenCalled();
  });

  it("fail the run when the model does not open URLs; the server does not do it instead", async () => {
    const fetched = vi.fn<typeof fetch>();
    vi.stubGlobal("fetch", fetched);
    const server = createTestServer();
    const { agent, prompts } = watchedModel({});
    const { output } = await finish(await server.start(agent, form("look", { media: [linked] })));
    expect(output).toMatchObject({
      status: "ERROR",
      content: expect.stringMatching(/^Model request failed \(error /) as string,
    });
    expect([prompts.length, fetched.mock.calls.length]).toEqual([0, 0]);
  });

  it("are named in the run, without their bytes", async () => {
    const server = createTestServer();
    const { agent } = watchedModel({ "image/*": [/^https:/] });
    const { output } = await finish(await server.start(agent, form("look", { media: [linked, uploaded] })));
    const images = [
      { id: "m1", url: "https://cdn.example.com/a.png", mime_type: "image/png" },
      { id: "m1", mime_type: "image/png", filename: "a.png", size: 3 },
    ];
    expect(output.input).toEqual({ input_content: "look", images });
    expect(output.messages[0]?.images).toEqual(images);
  });
});

describe("a token in the message", () => {
  it("does not reach any runnable", async () => {
    const server = createTestServer();
    const messages: string[] = [];
    const runnable = createPlainAgent(async function* (input) {
      messages.push(input.message);
      yield { type: "content", text: "ok" };
    });
    await finish(await server.start(runnable, form(`use ${TOKEN_SHAPED}`)));
    expect(messages).toEqual(["use [redacted token]"]);
  });

  it("does not reach a model when an agent is run without the server", async () => {
    const { agent, prompts } = watchedModel({});
    for await (const step of agent.run({ message: TOKEN_SHAPED, media: [] }, createTestContext())) {
      if (step.type === "content") expect(step.text).not.toContain("eyJ");
    }
    expect(prompts).toHaveLength(1);
    expect(JSON.stringify(prompts)).not.toContain("eyJ");
  });
});
