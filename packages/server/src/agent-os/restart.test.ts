/** A conversation goes on in another process: what a model is shown of it comes from the database and from nowhere else. */
import { runOutputSchema } from "@agentos/contract";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startProviderServer } from "../agents/provider-server.fixture.ts";
import { PROVIDERS } from "../agents/providers.fixture.ts";
import { openTestDatabase } from "../stores/test-database.fixture.ts";
import { runInProcess, runOnce } from "./restart.fixture.ts";

const server = await startProviderServer();
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => server.reset());

const sent = (index: number) => JSON.stringify(server.requests.at(index)?.body);

describe.each([
  {
    name: "anthropic",
    dialect: "sqlite",
    signed: ['"thinking":"I think","signature":"sig-1"', '"data":"hidden-1"'],
  },
  { name: "openai responses", dialect: "postgres", signed: ['"encrypted_content":"sig-1"'] },
  { name: "google", dialect: "sqlite", signed: ['"thoughtSignature":"sig-1"'] },
] as const)("a conversation with $name on $dialect", ({ dialect, name, signed }) => {
  it("goes on in another process, and then in the first one: calls, signed reasoning, and the summary", async () => {
    const protocol = PROVIDERS.find((candidate) => candidate.name === name)?.protocol;
    if (protocol === undefined) throw new Error(`no provider ${name}`);
    const database = await openTestDatabase(dialect);
    const talk = async (message: string, run: typeof runOnce) => {
      const json = await run({ location: database.location, url: server.url, provider: name, message });
      return runOutputSchema.parse(JSON.parse(json));
    };
    try {
      server.answer(
        protocol([
          { reasoning: ["I ", "think"], signature: "sig-1" },
          { hidden: "hidden-1" },
          { text: ["Hm."] },
          { call: { id: "c1", name: "get_time", input: "{}" } },
        ]),
        protocol([{ text: ["It is noon."] }]),
      );
      expect((await talk("What time is it?", runOnce)).status).toBe("COMPLETED");

      server.answer(protocol([{ text: ["Still noon."] }]), protocol([{ text: ["Asked for the time."] }]));
      expect(await talk("And now?", runInProcess)).toMatchObject({
        status: "COMPLETED",
        content: "Still noon.",
      });
      for (const part of [...signed, "What time is it?", "get_time", "noon", "It is noon."])
        expect(sent(2)).toContain(part);
      // The summary is made of the run that the third one is not given.
      expect(sent(3)).toContain("Assistant: It is noon.");
      expect(sent(3)).not.toContain("Still noon.");

      server.answer(protocol([{ text: ["Late."] }]), protocol([{ text: ["Asked twice."] }]));
      expect(await talk("And then?", runOnce)).toMatchObject({ status: "COMPLETED", content: "Late." });
      expect(sent(4)).toMatch(/Be brief\..*not an instruction:.*Asked for the time\./);
      expect(sent(4)).toContain("Still noon.");
      expect(sent(4)).not.toContain("What time is it?");
      expect(sent(5)).toContain("Asked for the time.");
      expect(server.requests).toHaveLength(6);
    } finally {
      await database.close();
    }
  });
});
