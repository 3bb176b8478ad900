import { describe, expect, test } from "vitest";
import {
  type NetworkPermission,
  type ProbeTools,
  probeEndpoint,
  probeWithCredential,
} from "./probe-endpoint.ts";

const ENDPOINT = "http://127.0.0.1:7777";
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A browser whose requests are answered by `answer`; what throws there is a request that failed. */
function browserThat(
  answer: (asked: Asked) => Response | Promise<Response>,
  tools: Partial<ProbeTools> = {},
): { readonly tools: ProbeTools; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    tools: {
      fetch: async (url, init = {}) => {
        const one = { url: typeof url === "string" ? url : "", init };
        asked.push(one);
        return answer(one);
      },
      pageUrl: "http://localhost:7778/connect/1",
      browser: "chrome",
      readPermission: permission("unknown"),
      timeoutMs: 1_000,
      ...tools,
    },
  };
}

const failed = (): never => {
  throw new TypeError("Failed to fetch");
};
const permission = (answer: NetworkPermission) => () => Promise.resolve(answer);
const isNoCors = ({ init }: Asked) => init.mode === "no-cors";

test("who says what guards it is asked for nothing that it would refuse, and record", async () => {
  const { tools, asked } = browserThat(({ url }) =>
    url.endsWith("/info")
      ? json({ os_id: "shop", auth_mode: "jwt", server_version: "0.1.0" })
      : json({ status: "ok" }),
  );
  const report = await probeEndpoint(ENDPOINT, tools);
  expect(report).toMatchObject({ outcome: "answered", answers: [{ status: 200 }, { status: 200 }] });
  expect(asked.map(({ url }) => url)).toEqual([`${ENDPOINT}/health`, `${ENDPOINT}/info`]);
  // Whether somebody without a credential is let in is another question.
  const trial = await probeWithCredential(ENDPOINT, undefined, tools);
  expect(trial.answers.map(({ route, credential }) => [route, credential])).toEqual([
    ["GET /config", "none"],
  ]);
});

test("asks three routes without a credential and keeps what is known of the answers", async () => {
  const { tools, asked } = browserThat(({ url }) =>
    url.endsWith("/config")
      ? json({ detail: "Authorization header missing", secret: "x" }, 401)
      : json({ status: "ok", os_id: "shop", agents: [{ huge: true }] }),
  );
  const report = await probeEndpoint(ENDPOINT, tools);
  expect(report.outcome).toBe("answered");
  expect(report.answers.map(({ route, status }) => [route, status])).toEqual([
    ["GET /health", 200],
    ["GET /info", 200],
    ["GET /config", 401],
  ]);
  expect(report.answers[2]?.body).toEqual({ detail: "Authorization header missing" });
  for (const { init } of asked) {
    expect(init).toMatchObject({ credentials: "omit", redirect: "manual", cache: "no-store" });
    expect(init.headers).toBeUndefined();
  }
});

test("a credential goes to one route, and is in nothing that is reported", async () => {
  const { tools, asked } = browserThat(() => json({ detail: "Invalid token" }, 401));
  const report = await probeWithCredential(ENDPOINT, { kind: "minted", text: "the-token" }, tools);
  expect(asked.map(({ url }) => url)).toEqual([`${ENDPOINT}/config`]);
  expect(JSON.stringify(report)).not.toContain("the-token");
  expect(report.answers[0]?.credential).toBe("minted");
});

describe("a request that fails", () => {
  test.each([
    ["cors-refused", (asked: Asked) => (isNoCors(asked) ? new Response() : failed()), {}],
    ["unreachable", failed, {}],
    ["mixed-content", failed, { pageUrl: "https://console.example.com/", browser: "safari" }],
    [
      "local-network-refused",
      failed,
      { pageUrl: "https://console.example.com/", readPermission: permission("denied") },
    ],
    // Nobody was asked: it never came so far.
    [
      "unreachable",
      failed,
      { pageUrl: "https://console.example.com/", readPermission: permission("prompt") },
    ],
    ["local-network-refused", failed, { pageUrl: "https://console.example.com/", browser: "brave" }],
    // The page is as near as the instance: the permission is not about this request.
    ["unreachable", failed, { readPermission: permission("denied") }],
  ] as const)("is %s", async (outcome, answer, given) => {
    const { tools } = browserThat(answer, given);
    expect(await probeEndpoint(ENDPOINT, tools)).toMatchObject({ outcome, answers: [] });
  });

  test.each([
    ["timed-out", {}],
    // The question stands on the screen, and the request waits for the answer.
    [
      "local-network-refused",
      { pageUrl: "https://console.example.com/", readPermission: permission("prompt") },
    ],
    ["timed-out", { pageUrl: "https://console.example.com/", readPermission: permission("granted") }],
  ] as const)("for too long is %s", async (outcome, given) => {
    const { tools } = browserThat(
      ({ init }) =>
        new Promise((_, reject) => {
          init.signal?.addEventListener("abort", () => reject(new DOMException("", "TimeoutError")));
        }),
      { timeoutMs: 5, ...given },
    );
    expect((await probeEndpoint(ENDPOINT, tools)).outcome).toBe(outcome);
  });

  test("because the page is left reports nothing", async () => {
    const leaving = new AbortController();
    const { tools } = browserThat(() => {
      leaving.abort();
      return failed();
    });
    await expect(probeEndpoint(ENDPOINT, tools, leaving.signal)).rejects.toThrow();
  });
});

test("a redirect is not followed, and told", async () => {
  const { tools } = browserThat(() => {
    const response = new Response();
    Object.defineProperty(response, "type", { value: "opaqueredirect" });
    return response;
  });
  expect(await probeEndpoint(ENDPOINT, tools)).toMatchObject({ outcome: "answered", isRedirected: true });
});

test("an answer without an end is cut, and one that is no object is none", async () => {
  let pieces = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          pieces += 1;
          controller.enqueue(new Uint8Array(16_384).fill(123));
        },
      }),
    );
  const { tools } = browserThat(({ url }) => (url.endsWith("/health") ? endless() : json([1, 2])));
  const report = await probeEndpoint(ENDPOINT, tools);
  expect(pieces).toBeLessThan(10);
  expect(report.answers.map(({ body }) => body)).toEqual([undefined, undefined, undefined]);
});

test("texts of an instance are cut", async () => {
  const { tools } = browserThat(() => json({ detail: "x".repeat(5_000), required_scopes: ["a", 1] }, 401));
  const report = await probeEndpoint(ENDPOINT, tools);
  expect(String(report.answers[0]?.body?.["detail"]).length).toBeLessThanOrEqual(300);
  expect(report.answers[0]?.body?.["required_scopes"]).toEqual(["a"]);
});
