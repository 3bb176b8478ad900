import type { IncomingMessage } from "node:http";
import { createTestLogger } from "@agentos/testkit";
import { describe, expect, it, vi } from "vitest";
import { withCheckedTarget } from "./check-target.ts";
import type { Fetch } from "./fetch.ts";
import { createLimitLog } from "./limit-log.ts";
import { isHostAndPort, MAX_TARGET_BYTES, settleRequestLine } from "./request-line.ts";

function incomingWith(url: string, ...rawHeaders: readonly string[]): IncomingMessage {
  return { url, rawHeaders: [...rawHeaders], headers: {} } as unknown as IncomingMessage;
}

describe("a host", () => {
  it.each([
    "localhost",
    "localhost:7777",
    "LOCALHOST:1",
    "os.example.com",
    "os.example.com.",
    "agent_os:7777",
    "127.0.0.1:0",
    "[::1]:65535",
    "[2001:db8::7]",
    "a",
    "a".repeat(254),
  ])("is %s", (text) => {
    expect(isHostAndPort(text)).toBe(true);
  });

  it.each([
    "",
    " localhost",
    "localhost ",
    "localhost:",
    "localhost:x",
    "localhost:65536",
    "localhost:123456",
    "localhost/agents",
    "localhost?x",
    "localhost#x",
    "user@localhost",
    "a\\b",
    "a, b",
    "a\u00e9",
    "a\u00e9/agents",
    "a%2fb",
    "a\tb",
    "::1",
    "[::1",
    "[::1]x",
    "[::1%25eth0]",
    "http://localhost",
    "-a",
    "a-",
    "a".repeat(256),
  ])("is not %j", (text) => {
    expect(isHostAndPort(text)).toBe(false);
  });
});

describe("the head of a Node request", () => {
  it("stays as it came where it is plain", () => {
    const incoming = incomingWith("/agents?x=1", "Accept", "*/*", "host", "localhost:7777");
    expect(settleRequestLine(incoming)).toBeUndefined();
    expect(incoming).toMatchObject({
      url: "/agents?x=1",
      rawHeaders: ["Accept", "*/*", "host", "localhost:7777"],
    });
  });

  it.each([
    ["http://other.test:1/agents?x=1#y", "other.test:1", "/agents?x=1"],
    ["HTTPS://other.test", "other.test", "/"],
    ["http://other.test?x=1", "other.test", "/?x=1"],
  ])("has one host and a path, of the target %s", (target, host, url) => {
    const incoming = incomingWith(target, "Host", "localhost", "Accept", "*/*");
    expect(settleRequestLine(incoming)).toBeUndefined();
    expect(incoming).toMatchObject({ url, headers: { host }, rawHeaders: ["Host", host, "Accept", "*/*"] });
  });

  it.each<[string, readonly string[], RegExp]>([
    ["/agents", [], /no Host header/],
    ["/agents", ["Host", "a", "Accept", "*/*", "HOST", "a"], /more than one/],
    ["/agents", ["Host", "a/b"], /not one host name/],
    ["*", ["Host", "a"], /neither a path nor/],
    ["agents", ["Host", "a"], /neither a path nor/],
    ["ftp://a/agents", ["Host", "a"], /neither a path nor/],
    ["http:///agents", ["Host", "a"], /target's host/],
    ["http://user@a/agents", ["Host", "a"], /target's host/],
    ["http://a\\b/agents", ["Host", "a"], /target's host/],
  ])("is refused: %s with %j", (target, headers, problem) => {
    expect(settleRequestLine(incomingWith(target, ...headers))).toMatch(problem);
  });
});

describe("in front of the routes", () => {
  function create() {
    const logger = createTestLogger();
    const handler = vi.fn<Fetch>(() => new Response("ok"));
    const fetch = withCheckedTarget(handler, createLimitLog({ clock: { now: () => 0 }, logger }));
    return { fetch, handler, logger };
  }
  const env = (url: string, host?: string) => ({ incoming: { url, headers: { host } } });
  const request = new Request("http://localhost/agents");

  it("a target of as many bytes as are read passes, and one byte more is refused, told and counted", async () => {
    const { fetch, handler, logger } = create();
    const longest = `/${"a".repeat(MAX_TARGET_BYTES - 1)}`;
    expect((await fetch(new Request(`http://some.host.test:1234${longest}`))).status).toBe(200);
    expect((await fetch(request, env(longest))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
    // As it was sent: a path that its dots make short was long to read.
    for (const answer of [
      await fetch(new Request(`http://some.host.test:1234${longest}b`)),
      await fetch(request, env(`${longest}b`)),
      await fetch(request, env(`/${"../".repeat(2_000)}agents`)),
    ]) {
      expect(answer.status).toBe(414);
      expect(await answer.json()).toMatchObject({ code: "INPUT_TARGET_TOO_LONG", status: 414 });
    }
    expect(handler).toHaveBeenCalledTimes(2);
    expect(logger.entries).toMatchObject([{ facts: { code: "INPUT_TARGET_TOO_LONG", count: 1 } }]);
  });

  it("a Host that is none is refused, whoever made the request of it", async () => {
    const { fetch, handler } = create();
    const headers = { host: "a/agents" };
    for (const answer of [
      await fetch(new Request("http://localhost/x", { headers })),
      await fetch(request, env("/agents", "a\u00e9/agents")),
    ])
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { detail: "Bad Request: the Host header is not one host name with an optional port" },
      ]);
    expect(handler).not.toHaveBeenCalled();
    expect((await fetch(request, env("/agents", "a"))).status).toBe(200);
    expect((await fetch(new Request("http://localhost/x", { headers: { host: "a" } }))).status).toBe(200);
  });
});
