// Routes of the application beside those of the AgentOS, under the same guard: they say who may call them as ours
// do, are in /openapi.json, and refuse with the same cause and fix. A route that does not say it stops the start.
import { Agent, AgentOS, type CustomRoute, customScope } from "@agentos/server";

const titles = new Map([
  ["q1", "First quarter"],
  ["q2", "Second quarter"],
]);

const routes: readonly CustomRoute[] = [
  {
    method: "GET",
    path: "/reports",
    access: [customScope("reports:read")],
    summary: "List reports",
    handler: ({ access }) => Response.json({ reports: [...titles.keys()], for: access.identity.userId }),
  },
  {
    method: "GET",
    path: "/reports/{report_id}",
    // The id comes from the path: "reports:q1:read" opens this one and no other.
    access: [customScope("reports:{report_id}:read")],
    summary: "Read a report",
    handler: ({ parameters }) => {
      const title = titles.get(parameters["report_id"] ?? "");
      if (title === undefined) return Response.json({ detail: "Report not found" }, { status: 404 });
      return Response.json({ title });
    },
  },
];

const assistant = new Agent({ id: "assistant", model: "offline:echo" });
const os = new AgentOS({ id: "reports-os", agents: [assistant], authorization: true, routes });
const server = await os.serve({ port: Number(process.env["PORT"] ?? 7777) });
console.log(`Serving ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
