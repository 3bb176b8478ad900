// A server in a process of its own, to be killed: its database is the first argument. Prints its address as one line.
import { Agent, AgentOS, offlineScript } from "@agentos/server";

const [, , url = ""] = process.argv;
const os = new AgentOS({
  id: "crash-test",
  database: url,
  env: {},
  agents: [
    new Agent({ id: "echo", model: "offline:echo" }),
    // Says a word every fifty milliseconds, for longer than anybody waits.
    new Agent({
      id: "slow",
      model: offlineScript({ steps: [{ text: "word ".repeat(10_000), wordDelayMs: 50 }] }),
    }),
  ],
  logger: { info: () => {}, warn: () => {}, error: (facts, text) => console.error(text, facts) },
});
const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
console.log(server.url);
