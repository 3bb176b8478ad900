// One node of several, in a process of its own: to be stopped, woken and killed by a test. What it is to be comes as JSON
// in the first argument. It writes its address as one line, its log as lines of JSON to standard error, and ends with the
// test that started it.
import { appendFileSync } from "node:fs";
import { Agent, AgentOS, offlineScript, tool } from "@agentos/server";
import { z } from "zod";
import { holdSqlite } from "./hold-sqlite.ts";

const specSchema = z.strictObject({
  id: z.string(),
  database: z.string(),
  directUrl: z.string().optional(),
  verificationKey: z.string().optional(),
  /** Each call of a tool adds a line to it. */
  callsFile: z.string(),
  /** Of the agents `words` and `counts`. */
  words: z.number(),
  everyMs: z.number(),
  maxAttempts: z.number().optional(),
  limits: z.record(z.string(), z.number()).optional(),
  retention: z.record(z.string(), z.number()).optional(),
});

const spec = specSchema.parse(JSON.parse(process.argv[2] ?? ""));
const sqlite = holdSqlite();

const sayWords = (words: number, everyMs: number) =>
  offlineScript({ steps: [{ text: numberedWords(words), wordDelayMs: everyMs }] });

function numberedWords(count: number): string {
  return Array.from({ length: count }, (_, index) => `word-${index}`).join(" ");
}

const noteCall =
  (name: string) =>
  (_: unknown, { runId }: { readonly runId: string }) => {
    appendFileSync(spec.callsFile, `${name} ${runId}\n`);
    return "noted";
  };
const count = tool({
  name: "count",
  description: "Is counted",
  parameters: z.object({}),
  execute: noteCall("count"),
});
const charge = tool({
  name: "charge",
  description: "Is counted, once a person has confirmed it",
  parameters: z.object({ amount: z.number() }),
  requiresConfirmation: true,
  execute: noteCall("charge"),
});

const os = new AgentOS({
  id: spec.id,
  database: spec.database,
  env: spec.directUrl === undefined ? {} : { DATABASE_DIRECT_URL: spec.directUrl },
  agents: [
    new Agent({ id: "echo", model: "offline:echo" }),
    new Agent({ id: "words", model: sayWords(spec.words, spec.everyMs) }),
    // Goes on for longer than any test.
    new Agent({ id: "slow", model: sayWords(10_000, 50) }),
    new Agent({
      id: "counts",
      tools: [count],
      model: offlineScript({
        steps: [
          { toolCalls: [{ name: "count" }] },
          { text: numberedWords(spec.words), wordDelayMs: spec.everyMs },
        ],
      }),
    }),
    new Agent({
      id: "asks",
      tools: [charge],
      model: offlineScript({
        steps: [{ toolCalls: [{ name: "charge", args: { amount: 5 } }] }, { text: "It is charged." }],
      }),
    }),
  ],
  ...(spec.verificationKey === undefined
    ? {}
    : { authorizationConfig: { verificationKeys: [spec.verificationKey] } }),
  ...(spec.limits === undefined ? {} : { limits: spec.limits }),
  ...(spec.retention === undefined ? {} : { retention: spec.retention }),
  logger: { info: () => {}, warn: write("warn"), error: write("error") },
});

function write(level: string) {
  return (facts: Readonly<Record<string, unknown>>, text: string) => {
    const shown = JSON.stringify(facts, (_, value: unknown) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    );
    process.stderr.write(`${level} ${text} ${shown}\n`);
  };
}

process.on("message", (message) => {
  if (message === "fill") sqlite.fill();
  if (message === "empty") sqlite.empty();
  if (message === "close") void server.close().then(() => process.exit(0));
  process.send?.("done");
});
process.on("disconnect", () => process.exit(1));
const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false, drainSeconds: 1 });
process.send?.({ url: server.url });
