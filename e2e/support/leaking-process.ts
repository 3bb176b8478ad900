// A process of its own, with the logger that nobody chose: an application whose answers fail in every way there is.
import { AgentOS, type CustomRoute } from "@agentos/server";

const [verificationKey = ""] = process.argv.slice(2);
const encoder = new TextEncoder();

/** What an exception of a database driver says, with the credential of the caller in it. */
const failure = (request: Request) =>
  new Error(
    `connect postgres://app:hunter2@db.internal for ${request.headers.get("authorization") ?? ""} \u009b31m\u202e\u2028`,
  );

function failing(request: Request, chunks: readonly unknown[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left.length > 0) controller.enqueue(left.shift() as Uint8Array);
      else controller.error(failure(request));
    },
  });
}

const chunk = encoder.encode("the first part;");
const route = (name: string, handler: CustomRoute["handler"]): CustomRoute => ({
  method: "GET",
  path: `/${name}`,
  access: "authenticated",
  handler,
});

const os = new AgentOS({
  database: null,
  env: {},
  id: "agent-os",
  authorizationConfig: { verificationKeys: [verificationKey] },
  routes: [
    route("at-once", ({ request }) => new Response(failing(request, []))),
    route("later", ({ request }) => new Response(failing(request, [chunk, chunk]))),
    route(
      "with-headers",
      ({ request }) => new Response(failing(request, [chunk]), { headers: { "x-own": "1" } }),
    ),
    route("later-promise", async ({ request }) => {
      await Promise.resolve();
      return new Response(failing(request, [chunk]));
    }),
    route("no-bytes", () => new Response(failing(new Request("http://a"), [{ secret: "hunter2" }]))),
    route("throws", ({ request }) => {
      throw failure(request);
    }),
    route("status", () => new Response("hunter2", { status: 42 })),
    route("header", () => new Response("x", { headers: { "x-own": "hunter2\r\nx: y" } })),
    route("read", async ({ request }) => {
      const response = new Response(failing(request, [chunk]));
      await response.text().catch(() => undefined);
      return response;
    }),
    route("fine", () => new Response(new Blob(["all of ", "it"]).stream())),
    route("fine-text", () => new Response("all of it")),
  ],
});
const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
console.log(JSON.stringify({ port: server.port }));
