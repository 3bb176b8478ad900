// A plain Node server without any framework, behind the guard of AgentOS.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAuthGuard, customScope, formatPolicy } from "@agentos/guard";
import { protect } from "@agentos/guard/node";

const guard = await createAuthGuard({ id: "reports-api", authorization: true });
console.log(formatPolicy(guard.describe()));
const reports = protect(guard, [customScope("reports:read")]);

const server = createServer((request, response) => {
  void answer().catch(() => response.writeHead(500).end());

  async function answer(): Promise<void> {
    if (request.method !== "GET" || request.url !== "/reports") {
      response.writeHead(404).end();
      return;
    }
    const access = await reports(request, response);
    // Without access the guard has answered already, with the cause and the fix.
    if (access === undefined) return;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ reports: ["q1", "q2"], for: access.identity.userId }));
  }
});

server.listen(Number(process.env["PORT"] ?? 7777), "localhost", () => {
  console.log(`Serving http://localhost:${(server.address() as AddressInfo).port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    guard.close();
    server.close();
  });
}
