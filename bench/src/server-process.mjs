// A measured AgentOS in a process of its own, started by child-server.ts: three agents without a model provider. It is
// plain JavaScript, because its memory is measured: Node's own compiler for TypeScript takes more room than the server.
// The condition that Node is started with decides whether the packages come from their source or from `dist`.
import { Agent, AgentOS } from "@agentos/server";

const { BENCH_DATABASE, BENCH_KEY, BENCH_WORDS, BENCH_WORD_DELAY_MS, BENCH_DELAY_MS } = process.env;

const text = Array.from({ length: Number(BENCH_WORDS) }, (_, index) => `word-${index}`).join(" ");
const script = {
  steps: [{ text, wordDelayMs: Number(BENCH_WORD_DELAY_MS), delayMs: Number(BENCH_DELAY_MS) }],
};
const os = new AgentOS({
  database: BENCH_DATABASE ?? null,
  id: "bench",
  env: {},
  agents: [
    new Agent({ id: "echo", model: "offline:echo" }),
    new Agent({ id: "helper", model: "offline:echo", instructions: "Help." }),
    new Agent({ id: "stream", model: "offline:script", script }),
  ],
  ...(BENCH_KEY === undefined ? {} : { authorizationConfig: { verificationKeys: [BENCH_KEY] } }),
});
const server = await os.serve({ port: 0, printsPolicy: false });

process.on("message", (message) => {
  if (message === "cpu") process.send?.({ cpu: process.cpuUsage() });
  if (message === "stop") void server.close().then(() => process.disconnect());
});
process.send?.({ url: server.url });
