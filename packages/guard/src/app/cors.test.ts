import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { withCors } from "./cors.ts";

const ALLOWED = "https://console.test";
const OTHER = "https://evil.test";

function createApp(origins: readonly string[] = [ALLOWED]) {
  const calls: string[] = [];
  const app = new Hono();
  app.all("/ok", (c) => {
    calls.push(c.req.method);
    return c.json({ ok: true });
  });
  app.get("/refused", () => {
    const headers = { vary: "Accept", "www-authenticate": "Bearer" };
    return new Response("{}", { status: 401, headers });
  });
  app.get("/broken", () => {
    throw new Error("secret text");
  });
  app.get("/redirect", () => Response.redirect("https://elsewhere.test/"));
  app.onError(() => new Response("{}", { status: 500 }));
  return { fetch: withCors({ allowedOrigins: origins }, (request) => app.fetch(request)), calls };
}

function send(path: string, headers: Record<string, string>, method = "GET", origins?: readonly string[]) {
  const { fetch, calls } = createApp(origins);
  const response = fetch(new Request(`http://localhost${path}`, { method, headers }));
  return { response: Promise.resolve(response), calls };
}

const preflight = { "access-control-request-method": "POST" };

describe("cors", () => {
  it("adds nothing to a request without an origin", async () => {
    const response = await send("/ok", {}).response;
    expect(response.status).toBe(200);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("lets a page of an allowed origin read the answer and the headers that explain a refusal", async () => {
    const { headers } = await send("/ok", { origin: ALLOWED }).response;
    expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("access-control-expose-headers")).toBe("WWW-Authenticate, Retry-After, Date");
    expect(headers.get("vary")).toBe("Origin");
  });

  it.each(["/refused", "/broken", "/nothing-here"])("adds the same to the error at %s", async (path) => {
    const { headers, status } = await send(path, { origin: ALLOWED }).response;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
  });

  it("keeps what the answer varies by already", async () => {
    const { headers } = await send("/refused", { origin: ALLOWED }).response;
    expect(headers.get("vary")).toBe("Accept, Origin");
  });

  it.each([
    ["another origin", OTHER],
    ["the null origin", "null"],
    ["an origin that only begins like an allowed one", `${ALLOWED}.evil.test`],
    ["an allowed origin on another port", `${ALLOWED}:8443`],
    ["an allowed origin in upper case", ALLOWED.toUpperCase()],
    ["an allowed origin with a slash behind it", `${ALLOWED}/`],
  ])("reflects nothing for %s, and still answers", async (_, origin) => {
    const response = await send("/ok", { origin }).response;
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(response.headers.get("vary")).toBe("Origin");
  });

  it("allows nobody when the list is empty (weak-spots C5)", async () => {
    const response = await send("/ok", { origin: ALLOWED }, "GET", []).response;
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers a preflight itself, with the headers that were asked for", async () => {
    const headers = { ...preflight, origin: ALLOWED, "access-control-request-headers": "authorization,x-a" };
    const { response, calls } = send("/ok", headers, "OPTIONS");
    const answer = await response;
    expect([answer.status, await answer.text()]).toEqual([200, "OK"]);
    expect(answer.headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(answer.headers.get("access-control-allow-headers")).toBe("authorization,x-a");
    expect(answer.headers.get("access-control-allow-methods")).toContain("DELETE");
    expect(answer.headers.get("access-control-max-age")).toBe("600");
    expect(answer.headers.get("vary")).toContain("Origin");
    expect(calls).toEqual([]);
  });

  it("refuses a preflight of another origin in the contract's words", async () => {
    const { response, calls } = send("/ok", { ...preflight, origin: OTHER }, "OPTIONS");
    const answer = await response;
    expect([answer.status, await answer.text()]).toEqual([400, "Disallowed CORS origin"]);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("vary")).toBe("Origin");
    expect(calls).toEqual([]);
  });

  it("permits a private network only to an allowed origin that asks for it", async () => {
    const asks = { ...preflight, "access-control-request-private-network": "true" };
    const permission = async (headers: Record<string, string>) => {
      const answer = await send("/ok", headers, "OPTIONS").response;
      return answer.headers.get("access-control-allow-private-network");
    };
    expect(await permission({ ...asks, origin: ALLOWED })).toBe("true");
    expect(await permission({ ...preflight, origin: ALLOWED })).toBeNull();
    expect(await permission({ ...asks, origin: OTHER })).toBeNull();
  });

  it("passes an OPTIONS request that is no preflight on", async () => {
    const { response, calls } = send("/ok", { origin: ALLOWED }, "OPTIONS");
    await response;
    expect(calls).toEqual(["OPTIONS"]);
  });

  it("adds the headers to an answer whose own headers cannot be changed", async () => {
    const response = await send("/redirect", { origin: ALLOWED }).response;
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("https://elsewhere.test/");
    expect(response.headers.get("access-control-allow-origin")).toBe(ALLOWED);
  });
});

describe("an origin that is not allowed", () => {
  const local = "http://localhost:3000";

  function ask(
    origin: string,
    more: { url?: string; method?: string; status?: number; headers?: Record<string, string> } = {},
  ) {
    const refused: string[] = [];
    const answer = () => new Response("{}", { status: more.status ?? 200 });
    const fetch = withCors(
      { allowedOrigins: [ALLOWED, local], localOrigins: [local] },
      answer,
      (request, _, page) => {
        refused.push(`${request.method} ${page}`);
      },
    );
    const { url = "http://os.test/agents", method = "GET", headers = {} } = more;
    const response = fetch(new Request(url, { method, headers: { origin, ...headers } }));
    if (response instanceof Promise) throw new Error("was not at once");
    return { refused, allowed: response.headers.get("access-control-allow-origin"), status: response.status };
  }

  it("is told, at the preflight and at the request itself, whatever becomes of it", () => {
    expect(ask(OTHER)).toEqual({ refused: [`GET ${OTHER}`], allowed: null, status: 200 });
    expect(ask(OTHER, { status: 401 }).refused).toHaveLength(1);
    const asked = { method: "OPTIONS", headers: preflight };
    expect(ask(OTHER, asked)).toEqual({ refused: [`OPTIONS ${OTHER}`], allowed: null, status: 400 });
    expect(ask("null").refused).toEqual(["GET null"]);
  });

  it("is not told of one that is, of a page of the server itself, and twice of one that was refused for it", () => {
    expect(ask(ALLOWED)).toEqual({ refused: [], allowed: ALLOWED, status: 200 });
    expect(ask("http://os.test", { method: "POST" }).refused).toEqual([]);
    expect(ask("http://os.test:81", { method: "POST" }).refused).toHaveLength(1);
    expect(ask(OTHER, { status: 403 }).refused).toEqual([]);
  });

  it("is the default one anywhere but on this machine", () => {
    expect(ask(local)).toMatchObject({ refused: [`GET ${local}`], allowed: null });
    for (const url of ["http://localhost:7777/agents", "http://127.0.0.1/agents", "http://[::1]:1/"])
      expect(ask(local, { url })).toMatchObject({ refused: [], allowed: local });
    // By the name that the client called, not by that of the connection.
    expect(ask(local, { url: "http://localhost/", headers: { host: "os.test" } }).allowed).toBeNull();
  });
});
