// Does what README.md, docs/authorization.md and docs/agents.md tell their reader to do: the program, the shell lines, and
// the output shown. Only the port, the folder of the keys and the address of the model's provider are others.
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { tool } from "@agentos/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, hasShell, openPageShell, type PageShell } from "./support/page-shell.ts";

const LONG = 60_000;

/** What the model's provider says next, in OpenAI's protocol. */
interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly events?: readonly object[];
}

const done = { type: "response.completed", response: { usage: { input_tokens: 1, output_tokens: 1 } } };
const item = {
  type: "function_call",
  id: "i1",
  call_id: "c1",
  name: "find_order",
  arguments: '{"number":"A-1"}',
};
const CALL: Said = {
  status: 200,
  events: [
    { type: "response.output_item.added", output_index: 0, item: { ...item, arguments: "" } },
    { type: "response.output_item.done", output_index: 0, item: { ...item, status: "completed" } },
    done,
  ],
};
const TEXT: Said = {
  status: 200,
  events: [
    { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "i2" } },
    { type: "response.output_text.delta", item_id: "i2", delta: "A-1 has been shipped." },
    { type: "response.output_item.done", output_index: 0, item: { type: "message", id: "i2" } },
    done,
  ],
};

const said: Said[] = [];
let provider: Server;
let shell: PageShell;
beforeAll(async () => {
  provider = createServer((request, response) => {
    request.resume().on("end", () => {
      const { status, headers, events = [] } = said.shift() ?? { status: 501 };
      response.writeHead(status, { "content-type": "text/event-stream", ...headers });
      response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
    });
  });
  await new Promise<void>((resolve) => {
    provider.listen(0, "127.0.0.1", resolve);
  });
  const { port } = provider.address() as AddressInfo;
  shell = openPageShell(() => ({ OPENAI_BASE_URL: `http://127.0.0.1:${port}` }));
});
afterAll(() => {
  provider.close();
  shell.close();
});

describe.skipIf(!hasShell)("README.md, in your own server", () => {
  const { ts, sh } = blocksOf("README.md", "In your own server");

  test(
    "starts and answers as it says",
    async () => {
      writeFileSync(join(shell.folder, "my.ts"), ts[0]?.replace("port: 7770", "port: 0") ?? "");
      const server = await shell.serve(sh[0] ?? "");
      try {
        expect(JSON.parse(await shell.runToEnd(sh[1] ?? "", server.url))).toMatchObject({
          status: "COMPLETED",
          content: "hi",
        });
      } finally {
        await shell.stop(server);
      }
    },
    LONG,
  );
});

describe.skipIf(!hasShell)("docs/authorization.md, with a key of your own", () => {
  const { json, sh, text } = blocksOf("docs/authorization.md", "With a key of your own");

  test(
    "answers what the token allows, and says what it lacks",
    async () => {
      writeFileSync(join(shell.folder, "agentos.json"), json[0]?.replace("/tmp/", `${shell.folder}/`) ?? "");
      const server = await shell.serve(`${sh[0]}\n${sh[1]}`.replace("--port 7770", "--port 0"));
      try {
        const [run = "", refusal = ""] = (await shell.runToEnd(sh[2] ?? "", server.url)).split(
          /(?<=\})(?=\{"type")/,
        );
        expect(JSON.parse(run)).toMatchObject({ status: "COMPLETED", content: "hi" });
        for (const shown of (text[0] ?? "").slice(1, -2).split(/,? … ,?/))
          expect(refusal).toContain(shown.trim());
      } finally {
        await shell.stop(server);
      }
    },
    LONG,
  );
});

describe.skipIf(!hasShell)("docs/agents.md", () => {
  const start = blocksOf("docs/agents.md", "Start one");
  const ask = blocksOf("docs/agents.md", "Ask it");
  let server: Awaited<ReturnType<PageShell["serve"]>>;
  beforeAll(async () => {
    writeFileSync(join(shell.folder, "shop.ts"), start.ts[0]?.replace("port: 7770", "port: 0") ?? "");
    server = await shell.serve(start.sh.join(""));
  }, LONG);
  afterAll(() => shell.stop(server));

  test(
    "asks in three ways and gets the answer that is shown",
    async () => {
      said.push(CALL, TEXT, CALL, TEXT, CALL, TEXT);
      const output = await shell.runToEnd(ask.sh[0] ?? "", server.url);
      const runs = output.split(/(?<=\})(?=\{"run_id")/).map((text): unknown => JSON.parse(text));
      const shown = { status: "COMPLETED", agent_id: "support", content: "A-1 has been shipped." };
      expect(runs).toMatchObject([shown, shown, shown]);
      for (const [name, value] of Object.entries(shown))
        expect(ask.text[0]).toContain(`"${name}":"${value}"`);
    },
    LONG,
  );

  test(
    "streams the events that are shown",
    async () => {
      said.push(CALL, TEXT);
      const [token = ""] = (ask.sh[0] ?? "").split("\n");
      const output = await shell.runToEnd(`${token}\n${ask.sh[1]}`, server.url);
      expect(output.match(/^event: .+$/gm)?.join("\n")).toBe(ask.text[1]?.trim());
    },
    LONG,
  );

  test(
    "logs a failure of the model as is shown",
    async () => {
      said.push({ status: 429, headers: { "retry-after": "3600" } });
      const [token = "", one = ""] = (ask.sh[0] ?? "").split("\n").filter((line) => line !== "");
      expect(JSON.parse(await shell.runToEnd(`${token}\n${one}`, server.url))).toMatchObject({
        status: "ERROR",
      });
      const [shown = ""] = blocksOf("docs/agents.md", "When something fails").text;
      const findLine = () =>
        server
          .output()
          .split("\n")
          .find((text) => text.includes('"run failed"'));
      // A log may be read after the answer.
      await expect.poll(findLine, { timeout: 5_000 }).toBeDefined();
      expect(findLine()?.replace(/"time":\d+,/, "")).toContain(shown.split("…")[0]);
    },
    LONG,
  );

  test("shows what tool() says to faults", () => {
    const make = tool as (options: unknown) => unknown;
    const parameters = { type: "object", properties: {}, requierd: [] };
    const options = {
      name: "refund_order",
      description: "d",
      needsConfirmation: true,
      parameters,
      execute: String,
    };
    const [shown = ""] = blocksOf("docs/agents.md", "Tools").text;
    expect(() => make(options)).toThrow(shown.trim().replace("ConfigurationError: ", ""));
  });
});
