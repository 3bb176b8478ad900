// A measured AgentOS in a process of its own, started by child-server.ts: agents without a model provider. It is
// plain JavaScript, because its memory is measured: Node's own compiler for TypeScript takes more room than the server.
// The condition that Node is started with decides whether the packages come from their source or from `dist`.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, AgentOS } from "@agentos/server";

const { BENCH_DATABASE, BENCH_KEY, BENCH_WORDS, BENCH_WORD_DELAY_MS, BENCH_DELAY_MS } = process.env;

const text = Array.from({ length: Number(BENCH_WORDS) }, (_, index) => `word-${index}`).join(" ");
const script = {
  steps: [{ text, wordDelayMs: Number(BENCH_WORD_DELAY_MS), delayMs: Number(BENCH_DELAY_MS) }],
};
const echo = new Agent({ id: "echo", model: "offline:echo" });
/** Each word is the time at which it is said, so that whoever hears it knows how long it was on its way. */
const clock = {
  kind: "agent",
  id: "clock",
  name: "clock",
  model: echo.model,
  historyRuns: 0,
  describe: () => ({ ...echo.describe(), id: "clock", name: "clock" }),
  async *run(_, { signal }) {
    await sleep(Number(BENCH_DELAY_MS), undefined, { signal });
    for (let word = 0; word < Number(BENCH_WORDS); word++) {
      await sleep(Number(BENCH_WORD_DELAY_MS), undefined, { signal });
      yield { type: "content", text: `${(performance.timeOrigin + performance.now()).toFixed(2)} ` };
    }
  },
};
const loop = monitorEventLoopDelay({ resolution: 1 });
const os = new AgentOS({
  database: BENCH_DATABASE ?? null,
  id: "bench",
  env: {},
  agents: [
    echo,
    clock,
    new Agent({ id: "helper", model: "offline:echo", instructions: "Help." }),
    new Agent({ id: "stream", model: "offline:script", script }),
  ],
  ...(BENCH_KEY === undefined ? {} : { authorizationConfig: { verificationKeys: [BENCH_KEY] } }),
});
const server = await os.serve({ port: 0, printsPolicy: false });

process.on("message", (message) => {
  if (message === "cpu") process.send?.({ cpu: process.cpuUsage() });
  if (message === "watch loop") {
    loop.reset();
    loop.enable();
    process.send?.({});
  }
  if (message === "loop") {
    loop.disable();
    process.send?.({ loopMs: loop.percentile(99) / 1e6 });
  }
  if (message === "stop") void server.close().then(() => process.disconnect());
});
process.send?.({ url: server.url });
