// Starts every example as its reader would, and makes the calls that its README promises.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const source = "--conditions=@agentos/source";
const server = (name: string) => [source, `examples/${name}/server.ts`];
const serve = [
  "packages/cli/src/main.ts",
  "serve",
  "--config",
  "examples/json-config/agentos.json",
  "--port",
  "0",
];

type Call = readonly [
  request: string,
  scopes: string | undefined,
  status: number,
  answer: string | undefined,
];

/** The same application behind the guard of each framework. */
const guardCalls: readonly Call[] = [
  ["GET /health", undefined, 200, "ok"],
  ["GET /whoami", "other:read", 200, '"alice"'],
  ["GET /reports", "reports:read", 200, "q2"],
  ["GET /reports", "reports:write", 403, "SCOPE_MISSING"],
  ["GET /reports/q1", "reports:q1:read", 200, "First quarter"],
  ["GET /reports/q%31", "reports:q1:read", 200, "First quarter"],
  ["GET /reports/q1", undefined, 401, "AUTH_HEADER_MISSING"],
  ["GET /reports/q2", "reports:q1:read", 403, "SCOPE_OTHER_RESOURCE"],
  ["GET /reports/q1%2Fq2", "reports:q1:read", 403, "SCOPE_OTHER_RESOURCE"],
  ["GET /errors/SCOPE_MISSING", undefined, 200, "SCOPE_MISSING"],
];

/** Per example: its command, its audience, and calls with the code (or the text) that they answer with. */
const examples: Readonly<
  Record<
    string,
    { readonly args: readonly string[]; readonly audience: string; readonly calls: readonly Call[] }
  >
> = {
  minimal: {
    args: server("minimal"),
    audience: "minimal",
    calls: [
      ["GET /agents", "agents:read", 200, '"assistant"'],
      ["GET /agents", undefined, 401, "AUTH_HEADER_MISSING"],
      ["POST /agents/assistant/runs", "agents:read", 403, "SCOPE_MISSING"],
    ],
  },
  "json-config": {
    args: serve,
    audience: "json-os",
    calls: [
      ["POST /agents/greeter/runs", "agents:greeter:run", 200, "Hello. I say the same thing to everybody."],
      [
        "POST /agents/greeter/runs JSON",
        "agents:greeter:run",
        200,
        "Hello. I say the same thing to everybody.",
      ],
      ["GET /agents", undefined, 401, "AUTH_HEADER_MISSING"],
      ["POST /agents/assistant/runs", "agents:greeter:run", 403, "SCOPE_OTHER_RESOURCE"],
    ],
  },
  "custom-routes": {
    args: server("custom-routes"),
    audience: "reports-os",
    calls: [
      ["GET /reports", "reports:read", 200, '"alice"'],
      ["GET /reports/q1", "reports:q1:read", 200, "First quarter"],
      ["GET /reports/q1", undefined, 401, "AUTH_HEADER_MISSING"],
      ["GET /reports/q2", "reports:q1:read", 403, "SCOPE_OTHER_RESOURCE"],
      ["GET /reports", "reports:q1:read", 403, "SCOPE_MISSING"],
      ["GET /agents", "reports:read", 403, "SCOPE_MISSING"],
    ],
  },
  "hono-guard": { args: server("hono-guard"), audience: "reports-api", calls: guardCalls },
  "express-guard": { args: server("express-guard"), audience: "reports-api", calls: guardCalls },
  "fastify-guard": { args: server("fastify-guard"), audience: "reports-api", calls: guardCalls },
  "node-guard": {
    args: server("node-guard"),
    audience: "reports-api",
    calls: [
      ["GET /reports", "reports:read", 200, '"alice"'],
      ["GET /reports", undefined, 401, "AUTH_HEADER_MISSING"],
      ["GET /reports", "reports:write", 403, "SCOPE_MISSING"],
    ],
  },
};

let key: TestKey;
beforeAll(async () => {
  key = await createTestKey("RS256");
});

test("every example is in this test", () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(examples).toSorted());
});

describe.each(Object.entries(examples))("the example %s", (_, { args, audience, calls }) => {
  let child: ChildProcess;
  let url: string;
  let output: () => string;
  beforeAll(async () => {
    child = start(args, { JWT_VERIFICATION_KEY: key.verificationKey });
    output = readAll(child);
    url = await untilServing(child);
  }, 60_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.kill("SIGTERM")) await ended;
  });

  test.each(calls)("%s with %s answers %i %s", async (request, scopes, status, answer) => {
    const response = await call(url, request, scopes, audience);
    expect(response.status).toBe(status);
    const body = await response.text();
    if (status === 200) {
      expect(body).toContain(answer);
    } else {
      expect(JSON.parse(body)).toMatchObject({ code: answer, fix: expect.any(String) as string });
    }
  });

  test("prints the policy in force once, and no warning", () => {
    expect(output().match(/AgentOS policy/g)).toHaveLength(1);
    expect(output()).not.toContain("warning");
    expect(output()).not.toContain("repaired");
  });

  test("refuses two Authorization headers, even if one of them is good", async () => {
    const [request, scopes = ""] = calls.find(([, held, status]) => held !== undefined && status === 200) ?? [
      "",
    ];
    const good = await bearer(scopes, audience);
    expect(await callWithHeaders(url, request, [good])).toMatchObject({ status: 200 });
    for (const both of [
      [good, "Bearer other"],
      ["Bearer other", good],
    ]) {
      const refused = { status: 401, text: expect.stringContaining("AUTH_CREDENTIAL_REPEATED") as string };
      expect(await callWithHeaders(url, request, both)).toEqual(refused);
    }
  });

  test("refuses a token for another audience", async () => {
    const [request, scopes] = calls.find(([, held]) => held !== undefined) ?? ["", ""];
    const response = await call(url, request, scopes, "elsewhere");
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "AUTH_AUDIENCE_MISMATCH" });
  });
});

test("without a key an example does not start, and says what to set", async () => {
  const child = start(server("minimal"), {});
  const output = readAll(child);
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect(status).toBe(1);
  expect(output()).toContain("CONFIG_KEYS_MISSING");
  expect(output()).toContain("JWT_VERIFICATION_KEY");
});

function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const { PATH } = process.env;
  return spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, PORT: "0", NO_COLOR: "1", DATABASE_URL: "sqlite::memory:", ...env },
  });
}

function readAll(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return () => output;
}

/** The address that a server prints when it is ready. */
function untilServing(child: ChildProcess): Promise<string> {
  const output = readAll(child);
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const match = /Serving (http:\/\/localhost:\d+)/.exec(output());
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once("close", (code) => reject(new Error(`ended with ${code} before it served:\n${output()}`)));
  });
}

async function call(
  url: string,
  request: string,
  scopes: string | undefined,
  audience: string,
): Promise<Response> {
  const [method = "GET", path = "/", writing = "form"] = request.split(" ");
  const headers = new Headers();
  if (scopes !== undefined) headers.set("authorization", await bearer(scopes, audience));
  if (writing === "JSON") headers.set("content-type", "application/json");
  const form = new URLSearchParams({ message: "hi", stream: "false" });
  const body = writing === "JSON" ? JSON.stringify({ message: "hi", stream: false }) : form;
  return fetch(`${url}${path}`, { method, headers, body: method === "POST" ? body : null });
}

async function bearer(scopes: string, audience: string): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return `Bearer ${await signToken(goodToken({ key, now, audience, scopes: [scopes] }))}`;
}

/** As `fetch` cannot: the header as often as the list says. */
function callWithHeaders(
  url: string,
  request: string,
  authorization: readonly string[],
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const [method = "GET", path = "/"] = request.split(" ");
  const body = method === "POST" ? "message=hi&stream=false" : "";
  const headers = ["host", new URL(url).host, ...authorization.flatMap((value) => ["authorization", value])];
  if (body !== "") headers.push("content-type", "application/x-www-form-urlencoded");
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${path}`, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    sent.on("error", reject).end(body);
  });
}
