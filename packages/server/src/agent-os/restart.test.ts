/** A conversation goes on in another process: what a model is shown of it comes from the database and from nowhere else. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { runOutputSchema } from "@agentos/contract";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startProviderServer } from "../agents/provider-server.fixture.ts";
import { PROVIDERS } from "../agents/providers.fixture.ts";
import { openTestDatabase, TEST_DIALECTS } from "../stores/test-database.fixture.ts";
import type { ProcessRun } from "./restart.fixture.ts";

const run = promisify(execFile);
const server = await startProviderServer();
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => server.reset());

const sent = (index: number) => JSON.stringify(server.requests.at(index)?.body);

async function runInProcess(parts: Omit<ProcessRun, "url">) {
  const given: ProcessRun = { ...parts, url: server.url };
  const file = join(import.meta.dirname, "restart.fixture.ts");
  const { stdout } = await run(process.execPath, [
    "--conditions=@agentos/source",
    file,
    JSON.stringify(given),
  ]);
  return runOutputSchema.parse(JSON.parse(stdout));
}

const SIGNED: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['"thinking":"I think","signature":"sig-1"', '"data":"hidden-1"'],
  "openai responses": ['"encrypted_content":"sig-1"'],
  google: ['"thoughtSignature":"sig-1"'],
};

describe.each(TEST_DIALECTS.flatMap((dialect) => Object.keys(SIGNED).map((name) => ({ dialect, name }))))(
  "a conversation with $name on $dialect",
  ({ dialect, name }) => {
    it("goes on in a second and a third process: calls, signed reasoning, and the summary", async () => {
      const protocol = PROVIDERS.find((candidate) => candidate.name === name)?.protocol;
      if (protocol === undefined) throw new Error(`no provider ${name}`);
      const database = await openTestDatabase(dialect);
      const talk = (message: string) =>
        runInProcess({ location: database.location, provider: name, message });
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
        expect((await talk("What time is it?")).status).toBe("COMPLETED");

        server.answer(protocol([{ text: ["Still noon."] }]), protocol([{ text: ["Asked for the time."] }]));
        expect(await talk("And now?")).toMatchObject({ status: "COMPLETED", content: "Still noon." });
        for (const part of [...(SIGNED[name] ?? []), "What time is it?", "get_time", "noon", "It is noon."])
          expect(sent(2)).toContain(part);
        // The summary is made of the run that the third process is not given.
        expect(sent(3)).toContain("Assistant: It is noon.");
        expect(sent(3)).not.toContain("Still noon.");

        server.answer(protocol([{ text: ["Late."] }]), protocol([{ text: ["Asked twice."] }]));
        expect(await talk("And then?")).toMatchObject({ status: "COMPLETED", content: "Late." });
        expect(sent(4)).toMatch(/Be brief\..*not an instruction:.*Asked for the time\./);
        expect(sent(4)).toContain("Still noon.");
        expect(sent(4)).not.toContain("What time is it?");
        expect(sent(5)).toContain("Asked for the time.");
        expect(server.requests).toHaveLength(6);
      } finally {
        await database.close();
      }
    });
  },
);
