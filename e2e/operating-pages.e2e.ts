// Does what the pages for operators tell them to do: revoke, confirm a paused run, replace the policy, connect a
// WebSocket, start two servers. Shown output is compared, without the ids and times in it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, hasShell, openPageShell, type PageShell } from "./support/page-shell.ts";

const LONG = 60_000;

/** Where the demo prints them, and its reader sets them. */
const TOKENS: Record<string, string> = {};
let shell: PageShell;
beforeAll(() => {
  shell = openPageShell(() => TOKENS);
});
afterAll(() => shell.close());

describe.skipIf(!hasShell)("with the demo", () => {
  let url: string;
  let demo: Awaited<ReturnType<PageShell["serve"]>>;
  beforeAll(async () => {
    demo = await shell.serve("npx --no agentos dev --port 0");
    ({ url } = demo);
    for (const [, name = "", token = ""] of demo.output().matchAll(/^export (\w+)=(\S+)$/gm))
      TOKENS[name] = token;
  }, LONG);
  afterAll(() => shell.stop(demo));

  test(
    "docs/agents.md: a run pauses, and goes on when somebody confirms it",
    async () => {
      const [start = "", confirm = ""] = blocksOf("docs/agents.md", "Runs that wait for a person").sh;
      const paused = JSON.parse(await shell.runToEnd(start, url)) as { readonly run_id: string };
      expect(paused).toMatchObject({ status: "PAUSED", tools: [{ tool_call_id: "call_1_1" }] });
      const done = await shell.runToEnd(confirm.replace("RUN/", `${paused.run_id}/`), url);
      expect(JSON.parse(done)).toMatchObject({
        status: "COMPLETED",
        content: "I need a confirmation for this. The refund has been made.",
      });
    },
    LONG,
  );

  test(
    "docs/websocket.md: the program prints the frames that are shown, and ends",
    async () => {
      const { ts, text } = blocksOf("docs/websocket.md", "Connect and authenticate");
      writeFileSync(
        join(shell.folder, "socket.ts"),
        (ts[0] ?? "").replace("localhost:7777", url.replace("http://", "")),
      );
      const output = await shell.runToEnd('AGENTOS_TOKEN="$RUNNER_TOKEN" npx node socket.ts');
      expect(output.trim().replaceAll(/ $/gm, "")).toBe((text[0] ?? "").trim());
    },
    LONG,
  );

  test(
    "docs/revocation.md: a user is revoked, and on the list",
    async () => {
      const { sh, text } = blocksOf("docs/revocation.md", "Revoke");
      const read =
        "curl -s -o /dev/null -w '%{http_code}' localhost:7777/agents -H \"Authorization: Bearer $READER_TOKEN\"";
      expect(await shell.runToEnd(read, url)).toBe("200");
      const output = await shell.runToEnd((sh[0] ?? "").replace("alice", "demo-reader"), url);
      const withoutTimes = (shown: string) =>
        shown.trim().replaceAll(/"(issued_before|until|created_at)":\d+/g, '"$1":0');
      expect(withoutTimes(output)).toBe(withoutTimes((text[0] ?? "").replace("alice", "demo-reader")));
      expect(await shell.runToEnd(read, url)).toBe("401");
      const [list = ""] = blocksOf("docs/revocation.md", "Read the answer").sh;
      expect(JSON.parse(await shell.runToEnd(list, url))).toMatchObject({ data: [{ value: "demo-reader" }] });
    },
    LONG,
  );
});

describe.skipIf(!hasShell)("docs/lifecycle.md", () => {
  test(
    "the policy that replaces another refuses the token of the old key, although the environment still has it",
    async () => {
      const { ts } = blocksOf("tools/docs/lifecycle-text.md", "The server: another policy");
      const probe = `
        const ask = async (token = "") => {
          const request = new Request("http://localhost/agents", { headers: { authorization: \`Bearer \${token}\` } });
          return (await os.fetch(request)).status;
        };
        console.log(\`answers \${await ask(process.env["OLD_TOKEN"])} \${await ask(process.env["NEW_TOKEN"])}\`);`;
      const [before = "", after = ""] = (ts[0] ?? "").split("await os.replacePolicy(");
      writeFileSync(
        join(shell.folder, "policy.ts"),
        `${before}{${probe}\n}\nawait os.replacePolicy(${after}{${probe}\n}\nawait os.close();\n`,
      );
      const mint = (name: string) =>
        `npx --no agentos token mint --key ${name}-private.pem --sub alice --aud shop --scopes agents:read`;
      const output = await shell.runToEnd(`
        for name in old new; do npx --no agentos keys generate --out $name; done
        export JWT_VERIFICATION_KEY="$(cat old-public.pem)" NEW_KEY="$(cat new-public.pem)"
        export OLD_TOKEN=$(${mint("old")}) NEW_TOKEN=$(${mint("new")})
        npx node --conditions=@agentos/source policy.ts`);
      expect(output.match(/^answers .+$/gm)).toEqual(["answers 200 401", "answers 401 200"]);
    },
    LONG,
  );
});

describe.skipIf(!hasShell)("docs/many-nodes.md", () => {
  test(
    "starts two servers, and one shows what the other was asked",
    async () => {
      const { json, sh } = blocksOf("docs/many-nodes.md", "Start two");
      writeFileSync(join(shell.folder, "agentos.json"), json[0] ?? "");
      // A file stands for the PostgreSQL, which this machine need not have.
      const start = (sh[0] ?? "")
        .replace(/'postgres:.+'/, "sqlite:two.db")
        .replaceAll(/--port \d+/g, "--port 0");
      const nodes = shell.run(`${start}\nwait`);
      try {
        const urls = () => [...nodes.output().matchAll(/^Serving http:\/\/(\S+)/gm)].map(([, at = ""]) => at);
        await expect.poll(urls, { timeout: LONG / 2 }).toHaveLength(2);
        const [one = "", two = ""] = urls();
        const ask = (sh[1] ?? "").replaceAll("localhost:7777", one).replaceAll("localhost:7778", two);
        expect(await shell.runToEnd(ask)).toMatch(/"content":"hello".*\}\[\{.*"content":"hello"/s);
      } finally {
        await shell.stop(nodes);
      }
    },
    LONG,
  );
});
