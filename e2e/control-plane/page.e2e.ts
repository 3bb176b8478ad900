// Does what docs/control-plane.md tells its reader to do, from the first link to the backup. Only ports are others.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "@agentos/testkit/processes";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { blocksOf, hasShell, openPageShell, type PageShell } from "../support/page-shell.ts";

const LONG = 60_000;
const PAGE = "docs/control-plane.md";
const blocks = (heading: string) => blocksOf(PAGE, heading);
const PROGRAM = blocks("From a program");
const [SIGN_IN = ""] = PROGRAM.ts;

describe.skipIf(!hasShell)("docs/control-plane.md", { timeout: LONG }, () => {
  const env: Record<string, string> = {
    EMAIL: "owner@agentos.localhost",
    PASSWORD: "four words of mine",
  };
  let shell: PageShell;
  let demo: Awaited<ReturnType<PageShell["serve"]>>;
  let shop: Awaited<ReturnType<PageShell["serve"]>> | undefined;
  let port: number;

  /** Ports of the page are those of whoever reads it. */
  const here = (lines: string) =>
    lines
      .replaceAll("7770", String(port))
      .replaceAll("http://127.0.0.1:7778", env["AGENTOS_CONTROL_PLANE_URL"] ?? "");
  /** Runs the program of a section, behind the lines that sign in; gives what it prints behind theirs. */
  async function runProgram(heading: string, number = 0): Promise<string> {
    writeFileSync(join(shell.folder, "plane.ts"), here(`${SIGN_IN}\n${blocks(heading).ts[number] ?? ""}`));
    const output = await shell.runToEnd("npx node --conditions=@agentos/source plane.ts");
    expect(output).toMatch(/^owner@agentos\.localhost is owner\n/);
    return output.slice(output.indexOf("\n") + 1);
  }

  beforeAll(async () => {
    shell = openPageShell(() => env);
    port = await findFreePort();
    demo = await shell.serve("npx --no agentos dev --port 0");
    const link = /Sign in as its owner: (http:\S+?)\/#/;
    await vi.waitFor(() => expect(demo.output()).toMatch(link), { timeout: 10_000 });
    env["AGENTOS_CONTROL_PLANE_URL"] = link.exec(demo.output())?.[1] ?? "";
  }, LONG);
  afterAll(async () => {
    if (shop !== undefined) await shell.stop(shop);
    await shell.stop(demo);
    shell.close();
  });

  test("the first sign-in sets a password, and the next one has it", async () => {
    writeFileSync(join(shell.folder, "plane.ts"), here(SIGN_IN));
    const { sh, text } = PROGRAM;
    const lines = (await shell.runToEnd(sh[0] ?? "")).split("\n");
    expect(lines.filter((line) => line.includes(" is owner")).join("\n")).toBe(text[0]?.trim());
  });

  test("a member is added, and a link is there to hand over", async () => {
    expect(await runProgram("People and roles")).toMatch(/^hand this over: http:\S+#link=[\w-]{43}\n$/);
  });

  test("an instance is connected, starts with its lines, and is as it was meant", async () => {
    const { json, sh, text } = blocks("Connect an instance");
    expect(await runProgram("Connect an instance")).toContain("- start the instance again");
    writeFileSync(join(shell.folder, "agentos.json"), json[0] ?? "");
    shop = await shell.serve(here(sh[0] ?? ""));
    expect(await runProgram("Connect an instance", 1)).toBe(text[0]);
  });

  test("a token is minted, and curl gets an answer with it", async () => {
    const [, token = ""] = /^export AGENTOS_TOKEN=(\S+)$/m.exec(await runProgram("Tokens")) ?? [];
    env["AGENTOS_TOKEN"] = token;
    const answer = await shell.runToEnd(here(blocks("Tokens").sh[0] ?? ""));
    expect(JSON.parse(answer)).toMatchObject({ content: "hello", status: "COMPLETED" });
  });

  test("everybody can fetch the keys", async () => {
    const output = await shell.runToEnd(here(blocks("The lines for an instance").sh[0] ?? ""));
    expect(output).toContain('"keys":[{');
    expect(output).toContain('"jwks_uri"');
  });

  test("a key is published, and both sides are shown", async () => {
    expect(await runProgram("Keys and their rotation")).toMatch(
      /^\S{43} published loaded: .*^\S{43} signing loaded: true /ms,
    );
  });

  test("a refusal is explained as the page shows it", async () => {
    expect(await runProgram("Why a request is refused")).toBe(blocks("Why a request is refused").text[0]);
  });

  test("the audit log has who did it", async () => {
    expect((await runProgram("Audit")).trim().split("\n")).toEqual([
      expect.stringContaining(" Local owner session.begun "),
      expect.stringContaining(" Local owner "),
      expect.stringContaining(" Local owner "),
    ]);
  });

  test("the database is copied while it is used", async () => {
    const [backup = ""] = blocks("What it keeps, and what to back up").sh;
    expect(await shell.runToEnd(backup)).toContain("written: control-plane-backup.db");
  });
});
