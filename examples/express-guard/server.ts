// Somebody's own Express application: no agents, only the guard of AgentOS as middleware in front of some routes.
// The scopes are the application's own; a route without the middleware stays open.
import type { AddressInfo } from "node:net";
import { createAuthGuard, customScope, ERROR_PAGE_HEADERS, formatPolicy } from "@agentos/guard";
import { accessOf, protect } from "@agentos/guard/express";
import express from "express";

const reports = new Map([
  ["q1", "First quarter"],
  ["q2", "Second quarter"],
]);
const guard = await createAuthGuard({ id: "reports-api", authorization: true });
console.log(formatPolicy(guard.describe()));
const app = express();

app.get("/health", (_request, response) => {
  response.json({ status: "ok" });
});
// Where the "type" of a refusal points to.
app.get("/errors/:code", (request, response) => {
  const page = guard.errorPage(request.params.code);
  if (page === undefined) response.sendStatus(404);
  else response.set(ERROR_PAGE_HEADERS).send(page);
});
app.get("/whoami", protect(guard, "authenticated"), (request, response) => {
  response.json({ user: accessOf(request).identity.userId });
});
app.get("/reports", protect(guard, [customScope("reports:read")]), (_request, response) => {
  response.json([...reports.keys()]);
});
// The scope names the report of the path: "reports:q1:read" opens this one and no other.
app.get("/reports/:id", protect(guard, [customScope("reports:{id}:read")]), (request, response) => {
  response.json({ title: reports.get(request.params.id) ?? null });
});

const server = app.listen(Number(process.env["PORT"] ?? 7777), "localhost", () => {
  console.log(`Serving http://localhost:${(server.address() as AddressInfo).port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    guard.close();
    server.close();
  });
}
