import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_DRAFTS, MAX_INSTANCES } from "../instances/instance-services.ts";
import { MAX_HOST_CHARACTERS } from "../instances/instance-values.ts";
import { type ConsolePages, createConsolePages } from "./console-pages.ts";
import { writeContentSecurityPolicy } from "./console-policy.ts";

let home: string;
let pages: ConsolePages | undefined;
const asked: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "console-pages-"));
  const folder = join(home, "console");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(home, "secret.txt"), "outside");
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await writeFile(join(folder, "theme.js"), "theme()");
  await writeFile(join(folder, "manifest.json"), "{}");
  await writeFile(join(folder, "assets/index-1a.js"), "start()");
  await writeFile(join(folder, "assets/index-1a.js.gz"), gzipSync("start()"));
  pages = await createConsolePages({
    folder,
    readConnectOrigins(request) {
      asked.push(new URL(request.url).pathname);
      return Promise.resolve(
        request.headers.has("cookie") ? ["http://localhost:7777", "https://a.example;script-src *"] : [],
      );
    },
  });
});
afterAll(() => rm(home, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  pages?.answer(new Request(`http://localhost:7778${path}`, { headers, method }));
const policyOf = (response: Response | undefined) => response?.headers.get("content-security-policy") ?? "";

describe("the document", () => {
  test.each(["/", "/r/abc", "/connect/draft-1", "/i/1/chat", "/instances/1", "/members?role=owner"])(
    "is at %s",
    async (path) => {
      const response = await get(path);
      expect(response?.status).toBe(200);
      expect(response?.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response?.headers.get("cache-control")).toBe("no-store");
      expect(await response?.text()).toBe("<!doctype html>");
    },
  );

  test("lets a stranger's page talk to the control plane alone", async () => {
    expect(policyOf(await get("/"))).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
  });

  test("lets a member's page talk to their instances, and leaves out what is no origin", async () => {
    const policy = policyOf(await get("/", { cookie: "session=1" }));
    expect(policy).toContain("connect-src 'self' http://localhost:7777; form-action");
    expect(policy).not.toContain("*");
  });

  test("tells no other site where a link was, and looks up no name in a text", async () => {
    const headers = (await get("/"))?.headers;
    expect(headers?.get("referrer-policy")).toBe("no-referrer");
    expect(headers?.get("x-dns-prefetch-control")).toBe("off");
  });

  test("has room for every instance and draft that one may see in an organization, in 32 kB of headers", () => {
    const host = [50, 50].map((length) => "a".repeat(length)).join(".");
    const origins = Array.from({ length: MAX_INSTANCES + MAX_DRAFTS }, (_, at) => {
      const name = `${String(at).padStart(MAX_HOST_CHARACTERS - host.length - 1, "0")}.${host}`;
      return `https://${name}:65535`;
    });
    const policy = writeContentSecurityPolicy(origins);
    expect(origins.filter((origin) => !policy.includes(origin))).toEqual([]);
    // Whoever is in many organizations has a page all the same.
    const more = origins.flatMap((origin) => [origin, origin.replace("https", "http")]);
    expect(writeContentSecurityPolicy(more).length).toBeLessThan(32 * 1024 - 2_000);
  });
});

describe("files", () => {
  test("are kept for ever where their name says what is in them", async () => {
    const response = await get("/assets/index-1a.js");
    expect(response?.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response?.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response?.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response?.text()).toBe("start()");
  });

  test("are asked for again otherwise, and sent only when they are other ones", async () => {
    const response = await get("/theme.js");
    expect(response?.headers.get("cache-control")).toBe("no-cache");
    const again = await get("/theme.js", { "if-none-match": response?.headers.get("etag") ?? "" });
    expect(again?.status).toBe(304);
  });

  test("are sent compressed to who takes that", async () => {
    const response = await get("/assets/index-1a.js", { "accept-encoding": "deflate, gzip;q=0.8" });
    expect(response?.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer())).toString()).toBe(
      "start()",
    );
    const plain = await get("/assets/index-1a.js", { "accept-encoding": "gzip;q=0" });
    expect(plain?.headers.has("content-encoding")).toBe(false);
  });

  test("never make anybody's instances be looked up", async () => {
    asked.length = 0;
    await get("/assets/index-1a.js");
    await get("/theme.js");
    expect(asked).toEqual([]);
  });

  test.each([
    "/assets/none.js",
    "/assets/",
    "/assets/..%2f..%2fsecret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/manifest.json",
    "/index-1a.js.map",
    "/favicon.ico",
  ])("that are not there are 404: %s", async (path) => {
    const response = await get(path);
    expect(response?.status).toBe(404);
    expect(await response?.text()).toBe("There is no such file.\n");
  });
});

test("a HEAD request gets the headers alone", async () => {
  const response = await get("/", {}, "HEAD");
  expect(response?.headers.get("content-length")).toBe("15");
  expect(await response?.text()).toBe("");
});

test.each([
  "/api/session",
  "/api",
  "/health",
  "/errors/AUTH_TOKEN_EXPIRED",
  "/instances/1/.well-known/jwks.json",
])("leaves %s to the API", (path) => {
  expect(get(path)).toBeUndefined();
});

test("leaves every write to the API", () => {
  expect(get("/", {}, "POST")).toBeUndefined();
});

test("a console that is built anew is served without a new start", async () => {
  const folder = join(home, "rebuilt");
  await mkdir(folder);
  await writeFile(join(folder, "index.html"), "old");
  const rebuilt = await createConsolePages({ folder, readConnectOrigins: () => Promise.resolve([]) });
  const open = async () => (await rebuilt?.answer(new Request("http://localhost/")))?.text();
  expect(await open()).toBe("old");
  await writeFile(join(folder, "index.html"), "new");
  await utimes(join(folder, "index.html"), 1, 1);
  expect(await open()).toBe("new");
  await rm(folder, { recursive: true });
  expect(await open()).toBe("new");
});

test("there are none where no console was built", async () => {
  const folder = join(home, "none");
  expect(await createConsolePages({ folder, readConnectOrigins: () => Promise.resolve([]) })).toBeUndefined();
});
