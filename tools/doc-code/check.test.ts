// Each kind of code is shown to be refused at its line, beside a twin that differs in one thing and passes.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkPages, findPages } from "./check.ts";

// The rows of TypeScript start the compiler.
vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes pages and what stands beside them; gives the folder. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-pages-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The faults of pages, as the command prints them. */
function faultsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = write(files);
  return checkPages(findPages(folder), root, folder).map(
    ({ path, line, problem }) => `${path}:${line}: ${problem}`,
  );
}

/** A page whose block begins at line 4. */
const page = (language: string, text: string) => `# Page\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;

interface Row {
  readonly behaviour: string;
  readonly bad: string;
  readonly good: string;
  /** Found in the one fault of the bad page. */
  readonly fault: string;
}

const config = (authorization: string) => `{\n  "id": "shop",\n  "authorization": ${authorization}\n}`;
const answer = (status: number, code: string, detail: string) =>
  `HTTP/1.1 ${status} Refused\nwww-authenticate: Bearer\n\n{"status":${status},"code":"${code}","title":"no credential was sent","detail":"${detail}","fix":"send a JWT in the header \\"Authorization: Bearer TOKEN\\""}`;

const rows: readonly Row[] = [
  {
    behaviour: "refuses a command that does not exist",
    bad: page("sh", "agentos keys make"),
    good: page("sh", "agentos keys generate"),
    fault: "docs/page.md:4: agentos keys make: unknown command 'make'",
  },
  {
    behaviour: "refuses an option that does not exist, behind a variable, a pipe or inside $(…) too",
    bad: page("sh", 'ls\nTOKEN=$(npx --no agentos token mint --sub a \\\n  --scope "agents:read") | head'),
    good: page("sh", 'ls\nTOKEN=$(npx --no agentos token mint --sub a \\\n  --scopes "agents:read") | head'),
    fault:
      "docs/page.md:5: agentos token mint --sub a --scope agents:read: unknown option '--scope' (Did you mean --scopes?)",
  },
  {
    behaviour: "refuses a command inside a quoted $(…)",
    bad: page("sh", 'eval "$(npx --no agentos keys env --exprt public.pem)"'),
    good: page("sh", 'eval "$(npx --no agentos keys env --export public.pem)"'),
    fault: "docs/page.md:4: agentos keys env --exprt public.pem: unknown option",
  },
  {
    behaviour: "refuses a command inside a function, behind a redirection",
    bad: page("sh", "npm test > out.txt 2>&1\nf() { npm run tset; }"),
    good: page("sh", "npm test > out.txt 2>&1\nf() { npm run test; }"),
    fault: 'docs/page.md:5: npm: package.json has no script "tset"',
  },
  {
    behaviour: "refuses a comment behind a command, which zsh hands to it",
    bad: page("sh", "npm start\nnpm test # all of them"),
    good: page("sh", "npm start\nnpm test '# all of them' of#them \"$(echo a#b)\""),
    fault: "docs/page.md:5: a comment, which zsh takes for an argument or a command",
  },
  {
    behaviour: "refuses a comment on a line of its own",
    bad: page("sh", "# all of them\nnpm test"),
    good: page("sh", "npm test"),
    fault: "docs/page.md:4: a comment",
  },
  {
    behaviour: "refuses what it cannot read, rather than passing over it",
    bad: page("sh", "npm test << END\nagentos\nEND"),
    good: page("sh", "npm test < input.txt"),
    fault: "docs/page.md:4: a here-document",
  },
  {
    behaviour: "refuses a line to paste that lacks what the command needs",
    bad: page("bash", "npx --no agentos serve"),
    good: page("bash", "npx --no agentos serve --config agentos.json"),
    fault: "required option '-c, --config <file>' not specified",
  },
  {
    behaviour: "refuses npx without --no, which may download a stranger's package",
    bad: page("sh", "npx agentos dev"),
    good: page("sh", "npx --no agentos dev"),
    fault: "docs/page.md:4: npx may download",
  },
  {
    behaviour: "refuses an option that npx takes for itself",
    bad: page("sh", "npx --no agentos --help"),
    good: page("sh", "npx --no -- agentos --help"),
    fault: "npx takes --help for itself",
  },
  {
    behaviour: "refuses a script that package.json has not",
    bad: page("sh", "npm run chekc"),
    good: page("sh", "npm run check"),
    fault: 'docs/page.md:4: npm: package.json has no script "chekc"',
  },
  {
    behaviour: "refuses a workspace that does not exist",
    bad: page("sh", "npm start -w @agentos/example-none"),
    good: page("sh", "npm start -w @agentos/example-minimal"),
    fault: "there is no workspace @agentos/example-none",
  },
  {
    behaviour: "refuses a package of ours that does not exist, and knows nothing about those of others",
    bad: page("sh", "npm install @agentos/gard hono"),
    good: page("sh", "npm install @agentos/server hono"),
    fault: "there is no package @agentos/gard",
  },
  {
    behaviour:
      "refuses a command in a sentence that does not exist, and lets one be named without its arguments",
    bad: "# Page\n\nAsk `agentos token explains`.\n",
    good: "# Page\n\nAsk `agentos token explain`, or `agentos`.\n",
    fault: "docs/page.md:3: agentos token explains: unknown command 'explains'",
  },
  {
    behaviour: "refuses a route that the contract has not, where a command is asked about it",
    bad: page("sh", 'agentos doctor --url URL --route "GET /agent"'),
    good: page("sh", 'agentos doctor --url URL --route "GET /agents"'),
    fault: "the contract has no route GET /agent",
  },
  {
    behaviour: "refuses a request to a route that does not exist",
    bad: page("sh", "curl -s localhost:7777/agent -H 'Authorization: Bearer x'"),
    good: page("sh", "curl -s localhost:7777/agents -H 'Authorization: Bearer x'"),
    fault: "docs/page.md:4: no route matches GET /agent",
  },
  {
    behaviour: "refuses a request with a method that the route does not answer",
    bad: page("sh", 'curl -si "$URL/agents/echo/runs/r1/cancel?x=1"'),
    good: page("sh", 'curl -si "$URL/agents/echo/runs/r1/cancel?x=1" -X POST'),
    fault: "/agents/echo/runs/r1/cancel answers POST, not GET",
  },
  {
    behaviour: "refuses a request to a route of a later version",
    bad: page("sh", "curl -X DELETE https://os.example.com/agents/echo"),
    good: page("sh", "curl -X GET https://os.example.com/agents/echo"),
    fault: "/agents/echo answers GET, not DELETE (a later version will)",
  },
  {
    behaviour: "refuses a request to a route that neither we nor the code of the page declare",
    bad: page("sh", "curl localhost:7777/reports/q1"),
    good: `${page("sh", "curl localhost:7777/reports/q1")}${page("ts", 'declare const app: { get(path: string): void };\napp.get("/reports/:id");\nexport { app };')}`,
    fault: "no route matches GET /reports/q1",
  },
  {
    behaviour: "refuses a placeholder that a shell takes for files",
    bad: page("sh", "openssl rand -base64 <bytes> > secret.txt"),
    good: page("sh", "openssl rand -base64 BYTES > secret.txt"),
    fault: 'docs/page.md:4: a shell reads "<bytes>"',
  },
  {
    behaviour: "refuses a quote that has no end",
    bad: page("sh", 'npm test\necho "a'),
    good: page("sh", 'npm test\necho "a"'),
    fault: 'docs/page.md:5: a quote " has no end',
  },
  {
    behaviour: "refuses a quote ' that has no end",
    bad: page("sh", "npm test\necho 'a"),
    good: page("sh", "npm test\necho 'a'"),
    fault: "docs/page.md:5: a quote ' has no end",
  },
  {
    behaviour: "refuses what no shell can read",
    bad: page("sh", "npm test\nnpm test &&"),
    good: page("sh", "npm test\nnpm test && npm run check"),
    fault: "docs/page.md:5: a shell cannot read this: expected command after '&&'",
  },
  {
    behaviour: "refuses a command in backticks",
    bad: page("sh", "echo `npm test`"),
    good: page("sh", "echo $(npm test)"),
    fault: "docs/page.md:4: a command in backticks: write $(…)",
  },
  {
    behaviour: "refuses a command in a loop, behind a redirection, in the default of a variable",
    bad: page("sh", "until npm test 2>out.txt; do\n  echo ${TOKEN:-$(npm run tset)}\ndone"),
    good: page("sh", "until npm test 2>out.txt; do\n  echo ${TOKEN:-$(npm run test)}\ndone"),
    fault: 'docs/page.md:5: npm: package.json has no script "tset"',
  },
  {
    behaviour: "refuses broken JSON at its line",
    bad: page("json", '{\n  "a": 1,\n}'),
    good: page("json", '{\n  "a": 1\n}'),
    fault: "docs/page.md:6: column 1: expected a key",
  },
  {
    behaviour: "refuses a configuration with an option that does not exist",
    bad: page("json", config('{ "audiense": "shop" }')),
    good: page("json", config('{ "audience": "shop" }')),
    fault: '"authorization.audiense"',
  },
  {
    behaviour: "refuses a configuration whose agent has no model that is known",
    bad: page("json", '{ "id": "shop", "agents": [{ "id": "a", "model": "offline:ecko" }] }'),
    good: page("json", '{ "id": "shop", "agents": [{ "id": "a", "model": "offline:echo" }] }'),
    fault: "agents[0].model",
  },
  {
    behaviour: "refuses an answer that the catalogue words otherwise",
    bad: page("http", answer(401, "AUTH_HEADER_MISSING", "No header")),
    good: page("http", answer(401, "AUTH_HEADER_MISSING", "Authorization header missing")),
    fault: "the catalogue has another detail for AUTH_HEADER_MISSING",
  },
  {
    behaviour: "refuses an answer with another status than its code has",
    bad: page("http", answer(403, "AUTH_HEADER_MISSING", "Authorization header missing")),
    good: page("http", answer(401, "AUTH_HEADER_MISSING", "Authorization header missing")),
    fault: "AUTH_HEADER_MISSING has the status 401",
  },
  {
    behaviour: "refuses a block that does not say what it is",
    bad: page("", "npm tset"),
    good: page("text", "npm tset"),
    fault: "docs/page.md:3: a block without a language",
  },
  {
    behaviour: "refuses a block that has no end",
    bad: "# Page\n\n```sh\nnpm test\n",
    good: page("sh", "npm test"),
    fault: "docs/page.md:3: the block has no end",
  },
];

describe.each(rows)("$behaviour", ({ bad, good, fault }) => {
  test("fires", () => {
    expect(faultsOf({ "docs/page.md": bad })).toEqual([expect.stringContaining(fault)]);
  });
  test("lets its twin pass", () => {
    expect(faultsOf({ "docs/page.md": good })).toEqual([]);
  });
});

const start =
  'import { AgentOS } from "@agentos/server";\n\nconst os = new AgentOS({ id: "shop", agents: [] });';

// Of both tests in one: the compiler reads the types of all packages each time.
const typed = {
  "README.md": [
    page("ts", start.replace('"shop"', "7").concat("\nawait os.serve();")),
    page("typescript", 'import { nothing } from "@agentos/server";\nconsole.log(nothing);'),
    page("ts", `${start}\nawait os.serve();`),
    // In a list a block is indented.
    '- one\n\n  ```ts\n  const port: number = "7777";\n  console.log(port);\n  ```\n',
  ].join(""),
  "docs/guide/page.md": page("ts", "const unused = 1;"),
  "docs/continued.md": `${page("ts", start)}${page("ts continues", "await os.serve({ port: 7777 });\nawait os.serve({ prot: 7777 });")}`,
  "docs/apart.md": `${page("ts", `${start}\nconsole.log(os.id);`)}${page("ts", "await os.serve();")}`,
  "docs/first.md": page("ts continues", "await os.serve();"),
};
const typeFaults: string[] = [];

describe("TypeScript of a page", () => {
  beforeAll(() => void typeFaults.push(...faultsOf(typed)), 60_000);
  const faultsIn = (...pages: readonly (keyof typeof typed)[]) =>
    typeFaults.filter((fault) => pages.some((name) => fault.startsWith(`${name}:`)));

  test("is refused where its types are wrong, at line and column, and right types pass", () => {
    expect(faultsIn("README.md", "docs/guide/page.md")).toEqual([
      expect.stringMatching(/^README\.md:6: column 26: TS2322: /),
      expect.stringMatching(/^README\.md:12: column 10: TS2305: .+nothing/),
      expect.stringMatching(/^README\.md:26: column 9: TS2322: /),
      expect.stringMatching(/^docs\/guide\/page\.md:4: column 7: TS6133: /),
    ]);
  });

  test("that continues sees the names of the blocks before it, and that does not sees none", () => {
    expect(faultsIn("docs/continued.md", "docs/apart.md", "docs/first.md").toSorted()).toEqual([
      expect.stringMatching(/^docs\/apart\.md:12: column 7: TS2304: .+'os'/),
      expect.stringMatching(/^docs\/continued\.md:12: column 18: .+prot/),
      expect.stringMatching(/^docs\/first\.md:4: the page has no TypeScript block before it/),
    ]);
  });

  test("has no other faults", () => expect(typeFaults).toHaveLength(7));
});

test("an example may be asked for the routes of the program beside it, and for no others", () => {
  const readme = page("sh", "curl localhost:7777/one/1\ncurl localhost:7777/two");
  const program = 'app.get<Params>("/one/:id", one);\n';
  expect(faultsOf({ "examples/mine/README.md": readme, "examples/mine/server.ts": program })).toEqual([
    "examples/mine/README.md:5: no route matches GET /two",
  ]);
});

test("the command fails with file, line and reason, and says nothing about good pages", () => {
  const run = (text: string) => {
    const command = join(root, "tools/check-docs.ts");
    const args = ["--conditions=@agentos/source", command, "--pages", write({ "docs/page.md": text })];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    return { status, stderr };
  };
  expect(run(page("sh", "npm run chekc"))).toEqual({
    status: 1,
    stderr: 'docs/page.md:4: npm: package.json has no script "chekc"\n',
  });
  expect(run(page("sh", "npm run check"))).toEqual({ status: 0, stderr: "" });
});
