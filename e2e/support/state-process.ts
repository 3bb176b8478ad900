// A process of its own with a small heap: a thousand runs that each bring session state. Prints what became of them.
import { Agent, AgentOS } from "@agentos/server";

const os = new AgentOS({
  database: null,
  env: {},
  agents: [new Agent({ id: "echo", model: "offline:echo" })],
});
const state = JSON.stringify({ notes: "x".repeat(150_000) });
const statuses: Record<string, number> = {};
for (let run = 0; run < 1_000; run++) {
  const body = new URLSearchParams({
    message: "hi",
    stream: "false",
    user_id: `user-${run}`,
    session_id: `session-${run}`,
    session_state: state,
  });
  const response = await os.fetch(
    new Request("http://localhost:7777/agents/echo/runs", { method: "POST", body }),
    { clientAddress: "127.0.0.1" },
  );
  await response.arrayBuffer();
  statuses[response.status] = (statuses[response.status] ?? 0) + 1;
}
console.log(JSON.stringify({ statuses, heapMebibytes: process.memoryUsage().heapUsed / 1024 ** 2 }));
