/** Something stands before the server and answers in its place. Such an answer proves nothing about a token. */
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import type { ExplainedToken } from "../token/explain-token.ts";
import { type HostileAnswer, startHostileServer } from "./hostile-server.fixture.ts";

const key = await createTestKey("RS256");
const now = Math.floor(Date.now() / 1_000);
const token = await signToken(goodToken({ key, now, scopes: ["agents:read", "config:read"] }));
const LOGIN = "<!doctype html><title>Sign in</title><form>…</form>";
const MISSING: HostileAnswer = { status: 401, body: { detail: "Authorization header missing" } };

interface Report {
  readonly places: readonly {
    readonly checks: readonly { readonly name: string; readonly outcome: string; readonly text: string }[];
    readonly findings: readonly {
      readonly code: string;
      readonly certainty: string;
      readonly level: string;
      readonly fix: string;
      readonly seenAt: readonly string[];
    }[];
  }[];
}

async function doctor(url: string, options: { readonly token?: string; readonly route?: string } = {}) {
  const args = [
    ...(options.token === undefined ? [] : ["--token", "-"]),
    ...(options.route === undefined ? [] : ["--route", options.route]),
  ];
  const { stdout, code } = await runInProcess(["doctor", "--url", url, "--json", ...args], {
    stdin: options.token ?? "",
  });
  const [place] = (JSON.parse(stdout) as Report).places;
  return { code, stdout, checks: place?.checks ?? [], findings: place?.findings ?? [] };
}

async function explain(url: string) {
  const args = ["token", "explain", "-", "--url", url];
  const json = await runInProcess([...args, "--json"], { stdin: token });
  const text = await runInProcess(args, { stdin: token });
  return { code: json.code, text: text.stdout, explained: JSON.parse(json.stdout) as ExplainedToken };
}

const redirects = [301, 302, 303, 307, 308].map((status) => ({
  status,
  headers: { location: "https://login.example/" },
}));

describe("a redirect", () => {
  it.each(redirects)("is a finding with a token, and accepts none: $status", async (redirect) => {
    const url = await startHostileServer({ answer: () => redirect });
    const { code, checks, findings, stdout } = await doctor(url, { token });
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      {
        code: "CLI_SERVER_REDIRECTS",
        level: "error",
        seenAt: ["GET /agents with the token"],
      },
    ]);
    expect(checks.filter(({ name }) => name.endsWith("with the token"))).toMatchObject([
      { outcome: "failed" },
    ]);
    expect(stdout).not.toMatch(/accepted|open to everybody/);
  });

  it.each(redirects)("is a finding without a token, and opens nothing: $status", async (redirect) => {
    const url = await startHostileServer({ answer: () => redirect });
    const { code, checks, findings, stdout } = await doctor(url);
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ code: "CLI_SERVER_REDIRECTS", level: "error" }]);
    expect(checks.slice(2).every(({ outcome }) => outcome !== "ok")).toBe(true);
    expect(stdout).not.toMatch(/accepted|open to everybody/);
  });

  it("of a caller without a token is fine where the token passes", async () => {
    const [redirect] = redirects;
    const url = await startHostileServer({
      answer: (sent) => (sent === "" ? (redirect ?? MISSING) : { status: 200, body: {} }),
    });
    expect(await doctor(url, { token })).toMatchObject({ code: 0, findings: [] });
  });

  it("leaves open whether the token is accepted", async () => {
    for (const redirect of redirects.slice(1, 4)) {
      const url = await startHostileServer({ answer: () => redirect });
      const { code, explained, text } = await explain(url);
      expect(code).toBe(1);
      expect(explained).toMatchObject({ isAccepted: null, findings: [{ code: "CLI_SERVER_REDIRECTS" }] });
      expect(text.split("\n")[0]).toBe(`${url}  cannot tell`);
    }
  });
});

/** None of them is how an AgentOS answers a request that it has let in. */
const strangers: readonly (readonly [name: string, answer: HostileAnswer])[] = [
  ["a login page with 200", { status: 200, body: LOGIN }],
  ["200 and nothing", { status: 200 }],
  [
    "200 and a text in JSON",
    { status: 200, body: '"please sign in"', headers: { "content-type": "application/json" } },
  ],
  ["204", { status: 204 }],
  ["205", { status: 205 }],
  ["206", { status: 206, body: {} }],
  ["304", { status: 304 }],
  ["a page with 404", { status: 404, body: LOGIN }],
  ["404 of a gateway", { status: 404, body: { message: "no Route matched with those values" } }],
  ["a page with 405", { status: 405, body: LOGIN }],
  ["a page with 422", { status: 422, body: LOGIN }],
  ["429", { status: 429, body: LOGIN }],
  ["500", { status: 500, body: { detail: "Internal Server Error" } }],
  ["502", { status: 502, body: "<h1>Bad Gateway</h1>" }],
  ["503", { status: 503, body: LOGIN }],
];

describe("an answer in place of the server's", () => {
  it.each(strangers)("tells nothing of the token: %s", async (_, answer) => {
    const url = await startHostileServer({ answer: (sent) => (sent === "" ? MISSING : answer) });
    const { code, findings, stdout } = await doctor(url, { token });
    expect(findings, stdout).toMatchObject([{ code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell" }]);
    expect(code).toBe(4);
    expect(stdout).not.toMatch(/accepted/);
    const { explained, code: explainCode } = await explain(url);
    expect([explainCode, explained.isAccepted]).toEqual([4, null]);
  });

  it.each(strangers.filter(([, { status }]) => status < 400))(
    "opens no route without a token: %s",
    async (_, answer) => {
      const url = await startHostileServer({ answer: () => answer });
      const { code, findings, stdout } = await doctor(url);
      expect(findings, stdout).toMatchObject([{ code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell" }]);
      expect(code).toBe(4);
      expect(stdout).not.toContain("open to everybody");
    },
  );

  it("is told from the server's own, whatever its size", async () => {
    const agents = Array.from({ length: 3_000 }, (_, index) => ({ id: `a${index}`, text: "x".repeat(200) }));
    for (const body of [{}, [], agents]) {
      const url = await startHostileServer({
        answer: (sent) => (sent === "" ? MISSING : { status: 200, body }),
      });
      expect(await doctor(url, { token })).toMatchObject({ code: 0, findings: [] });
      expect((await explain(url)).explained.isAccepted).toBe(true);
    }
  });

  it("is told from a page of the application's own by what is known of the route", async () => {
    const page = await startHostileServer({
      answer: (sent, path) =>
        sent === "" ? MISSING : { status: 200, body: path === "/agents" ? [] : LOGIN },
    });
    expect((await doctor(page, { token, route: "GET /docs" })).code).toBe(0);
    expect((await doctor(page, { token, route: "GET /reports" })).code).toBe(4);
    // A public route shows nothing of a token, so another one is asked too.
    const all = await startHostileServer({
      answer: (sent) => (sent === "" ? MISSING : { status: 200, body: LOGIN }),
    });
    expect((await doctor(all, { token, route: "GET /docs" })).code).toBe(4);
    const plain = await startHostileServer({
      answer: (sent) =>
        sent === "" ? MISSING : { status: 200, body: "a,b", headers: { "content-type": "text/csv" } },
    });
    expect((await doctor(plain, { token, route: "GET /reports" })).code).toBe(0);
  });
});

describe("a token that makes no difference", () => {
  it("is not called accepted", async () => {
    const url = await startHostileServer({ answer: () => ({ status: 200, body: {} }) });
    const { code, findings, stdout } = await doctor(url, { token });
    expect([code, findings]).toEqual([4, []]);
    expect(stdout).toContain("nothing shows that it is accepted");
    expect((await explain(url)).explained).toMatchObject({ isAccepted: null, findings: [] });
  });
});
