// Somebody's own Hono application: no agents, only the guard of AgentOS as middleware in front of some routes.
// The scopes are the application's own; a route without the middleware stays open.
import { createAuthGuard, customScope, ERROR_PAGE_HEADERS, formatPolicy } from "@agentos/guard";
import { protect } from "@agentos/guard/hono";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const reports = new Map([
  ["q1", "First quarter"],
  ["q2", "Second quarter"],
]);
const guard = await createAuthGuard({ id: "reports-api", authorization: true });
console.log(formatPolicy(guard.describe()));

const app = new Hono()
  .get("/health", (c) => c.json({ status: "ok" }))
  // Where the "type" of a refusal points to.
  .get("/errors/:code", (c) => {
    const page = guard.errorPage(c.req.param("code"));
    return page === undefined ? c.notFound() : c.body(page, 200, ERROR_PAGE_HEADERS);
  })
  .get("/whoami", protect(guard, "authenticated"), (c) => c.json({ user: c.get("auth").identity.userId }))
  .get("/reports", protect(guard, [customScope("reports:read")]), (c) => c.json([...reports.keys()]))
  // The scope names the report of the path: "reports:q1:read" opens this one and no other.
  .get("/reports/:id", protect(guard, [customScope("reports:{id}:read")]), (c) =>
    c.json({ title: reports.get(c.req.param("id")) ?? null }),
  );

const port = Number(process.env["PORT"] ?? 7777);
const server = serve({ fetch: app.fetch, hostname: "localhost", port }, (address) => {
  console.log(`Serving http://localhost:${address.port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    guard.close();
    server.close();
  });
}
