// The smallest protected AgentOS: one agent, and tokens verified with the key in JWT_VERIFICATION_KEY.
// Every other example differs from this one by one idea.
import { Agent, AgentOS } from "@agentos/server";

const assistant = new Agent({ id: "assistant", name: "Assistant", model: "offline:echo" });

const os = new AgentOS({ id: "minimal", agents: [assistant], authorization: true });
const server = await os.serve({ port: Number(process.env["PORT"] ?? 7777) });
console.log(`Serving ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
