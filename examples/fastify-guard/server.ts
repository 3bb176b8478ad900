// Somebody's own Fastify application: no agents, only the guard of AgentOS as a hook of some routes.
// The scopes are the application's own; a route without the hook stays open.
import type { AddressInfo } from "node:net";
import { createAuthGuard, customScope, ERROR_PAGE_HEADERS, formatPolicy } from "@agentos/guard";
import { accessOf, protect } from "@agentos/guard/fastify";
import fastify from "fastify";

interface WithId {
  Params: { id: string };
}

const reports = new Map([
  ["q1", "First quarter"],
  ["q2", "Second quarter"],
]);
const guard = await createAuthGuard({ id: "reports-api", authorization: true });
console.log(formatPolicy(guard.describe()));
const app = fastify();

app.get("/health", (_request, reply) => reply.send({ status: "ok" }));
// Where the "type" of a refusal points to.
app.get<{ Params: { code: string } }>("/errors/:code", (request, reply) => {
  const page = guard.errorPage(request.params.code);
  if (page === undefined) reply.callNotFound();
  else reply.headers({ ...ERROR_PAGE_HEADERS }).send(page);
});
app.get("/whoami", { onRequest: protect(guard, "authenticated") }, (request, reply) =>
  reply.send({ user: accessOf(request).identity.userId }),
);
app.get("/reports", { onRequest: protect(guard, [customScope("reports:read")]) }, (_request, reply) =>
  reply.send([...reports.keys()]),
);
// The scope names the report of the path: "reports:q1:read" opens this one and no other.
const onRequest = protect(guard, [customScope("reports:{id}:read")]);
app.get<WithId>("/reports/:id", { onRequest }, (request, reply) =>
  reply.send({ title: reports.get(request.params.id) ?? null }),
);

await app.listen({ host: "localhost", port: Number(process.env["PORT"] ?? 7777) });
console.log(`Serving http://localhost:${(app.server.address() as AddressInfo).port}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    guard.close();
    void app.close();
  });
}
