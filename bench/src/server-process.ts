// A measured AgentOS in a process of its own. Started by child-server.ts; the first argument says how it is guarded.
import { Agent, AgentOS } from "@agentos/server";
import { AUDIENCE } from "./tokens.ts";

const isProtected = process.argv[2] === "protected";
const words = Number(process.argv[3] ?? 20);
const wordDelayMs = Number(process.argv[4] ?? 50);
const delayMs = Number(process.argv[5] ?? 0);

const text = Array.from({ length: words }, (_, index) => `word-${index}`).join(" ");
const os = new AgentOS({
  id: AUDIENCE,
  env: {},
  agents: [
    new Agent({ id: "echo", model: "offline:echo" }),
    new Agent({ id: "helper", model: "offline:echo", instructions: "Help." }),
    new Agent({ id: "stream", model: "offline:script", script: { steps: [{ text, wordDelayMs, delayMs }] } }),
  ],
  ...(isProtected ? { authorizationConfig: { verificationKeys: [process.env["BENCH_KEY"] ?? ""] } } : {}),
});
const server = await os.serve({ port: 0, printsPolicy: false });

process.on("message", (message) => {
  if (message === "cpu") process.send?.({ cpu: process.cpuUsage() });
  if (message === "stop") void server.close().then(() => process.disconnect());
});
process.send?.({ url: server.url });
