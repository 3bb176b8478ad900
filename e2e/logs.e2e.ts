// What an answer that fails tells the client, and what standard error then has: a real process, with its own logger.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, bodyOf, closeConnections, send } from "./support/http.ts";

let key: TestKey;
let token: string;
let child: ChildProcess;
let port = 0;
let written = "";

beforeAll(async () => {
  key = await createTestKey("ES256");
  token = await signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: [] }));
  child = spawn(
    process.execPath,
    ["--conditions=@agentos/source", "e2e/support/leaking-process.ts", key.verificationKey],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (written += text));
  const started = await new Promise<string>((resolve) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.includes("\n")) resolve(text);
    });
  });
  port = (JSON.parse(started) as { port: number }).port;
});

afterAll(async () => {
  closeConnections();
  child.kill();
  await once(child, "exit");
});

/** Answer, or that the connection was cut, with what standard error has of it. */
async function ask(path: string) {
  const before = written.length;
  const answer = await send(port, { path, headers: bearer(token) }).catch((error: unknown) => error);
  // The log is written before the connection is cut; the pipe to this process takes its time.
  for (let turn = 0; turn < 50 && written.length === before; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    answer,
    lines: written
      .slice(before)
      .split("\n")
      .filter((line) => line !== ""),
  };
}

const SECRETS = () => ["hunter2", "db.internal", ...token.split(".")];
// oxlint-disable-next-line no-control-regex -- finding them is the point
const DRIVING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe("a streamed answer that fails", () => {
  test.each(["at-once", "later", "with-headers", "later-promise", "no-bytes"])(
    "is cut, and what failed is in the log alone, redacted: %s",
    async (path) => {
      const { answer, lines } = await ask(`/${path}`);
      expect(answer).toBeInstanceOf(Error);
      expect(answer).toMatchObject({ code: "ECONNRESET" });
      expect(lines).toHaveLength(1);
      const [line = ""] = lines;
      expect(JSON.parse(line)).toMatchObject({
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        path: `/${path}`,
        msg: "a streamed body failed, and was cut",
      });
      for (const part of token.split(".")) expect(line).not.toContain(part);
      expect(line).not.toMatch(DRIVING);
    },
  );

  test("has a twin that does not, and arrives whole, with nothing in the log", async () => {
    const before = written;
    for (const path of ["/fine", "/fine-text"]) {
      const answer = await send(port, { path, headers: bearer(token) });
      expect([answer.status, answer.text]).toEqual([200, "all of it"]);
    }
    expect(written).toBe(before);
  });
});

describe("an answer that cannot be sent", () => {
  test.each(["throws", "status", "header", "read"])(
    "is a fault with an id, and nothing of its text: %s",
    async (path) => {
      const { answer, lines } = await ask(`/${path}`);
      if (answer instanceof Error) throw answer;
      const { status, text, rawHeaders } = answer as Awaited<ReturnType<typeof send>>;
      expect(status).toBe(500);
      const body = bodyOf(answer as Awaited<ReturnType<typeof send>>);
      expect(body).toEqual({ detail: "Internal server error", request_id: expect.any(String) as unknown });
      for (const secret of SECRETS()) expect(text + rawHeaders.join()).not.toContain(secret);
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ request_id: body["request_id"] });
      expect(lines[0]).not.toMatch(DRIVING);
      for (const part of token.split(".")) expect(lines[0]).not.toContain(part);
    },
  );
});

test("all that the process ever wrote is lines of its logger", () => {
  expect(written).not.toBe("");
  for (const line of written.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("level");
});
