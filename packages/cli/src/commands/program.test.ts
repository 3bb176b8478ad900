/** A mistyped command line is explained without repeating what may be a secret. */
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import type { Context } from "../program/context.ts";
import { runCli } from "../program/spawn-cli.fixture.ts";
import { createProgram } from "./program.ts";

const key = await createTestKey("ES256");
const JWT = await signToken(goodToken({ key, now: 1_800_000_000 }));
const SECURITY_KEY = "s3cr3t-Security-Key-0123456789-abcdef";
const SECRETS = [JWT, SECURITY_KEY, "agno_pat_abcdefghijklmnop", "hunter2hunter2", `a'b'${SECURITY_KEY}`];

/** What is written when the command line cannot be parsed. */
async function mistype(
  args: readonly string[],
): Promise<{ readonly error: CommanderError; readonly text: string }> {
  let text = "";
  const write = (line = "") => {
    text += `${line}\n`;
  };
  const context: Context = {
    env: {},
    workingDirectory: ".",
    terminal: {
      print: write,
      printPart: write,
      note: write,
      paint: (_, line) => line,
      paintNote: (_, line) => line,
    },
    readStandardInput: () => Promise.resolve(""),
    confirm: () => Promise.resolve(undefined),
    openPrompt: () => {
      throw new Error("nobody types anything");
    },
    now: () => 1_800_000_000,
    cli: "agentos",
    finish: () => undefined,
  };
  const error = await createProgram(context)
    .parseAsync([...args], { from: "user" })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!(error instanceof CommanderError)) throw new Error(`was parsed: ${args.join(" ")}`);
  return { error, text };
}

const mistakes: readonly (readonly [
  name: string,
  says: string,
  make: (secret: string) => readonly string[],
])[] = [
  [
    "an option that is not there",
    "unknown option '--token'",
    (x) => ["token", "explain", `--token=${x}`, "x"],
  ],
  ["a misspelt option", "unknown option '--tokne'", (x) => ["doctor", `--tokne=${x}`]],
  ["an option before the command", "unknown option '--token'", (x) => [`--token=${x}`, "doctor"]],
  ["a value with one hyphen", "unknown option", (x) => ["doctor", `-${x}`]],
  ["a value with two hyphens", "unknown option", (x) => ["doctor", `--${x}`]],
  ["a value glued to an option", "unknown option", (x) => ["doctor", `--token${x}`]],
  ["one argument too many", "too many arguments for 'doctor'", (x) => ["doctor", "-", x]],
  ["many arguments too many", "too many arguments for 'show'", (x) => ["keys", "show", "-", "more", x]],
  [
    "arguments behind two hyphens",
    "too many arguments for 'doctor'",
    (x) => ["doctor", "--", "-", `--token=${x}`],
  ],
  [
    "no choice of an option",
    "option '--type <kind>' takes one of: agent, team, workflow",
    (x) => ["sessions", "list", "--type", x],
  ],
  ["no command of a group with a default", "unknown command", (x) => ["control-plane", x]],
  ["no command", "unknown command", (x) => [x]],
  ["no command of a group", "unknown command", (x) => ["token", x]],
  ["no command, and an option", "unknown command", (x) => [x, "--json"]],
];

describe("a mistyped command line", () => {
  it.each(mistakes.flatMap((row) => SECRETS.map((secret) => [row[0], secret, row[1], row[2]] as const)))(
    "does not repeat the value: %s, %s",
    async (_, secret, says, make) => {
      const { error, text } = await mistype(make(secret));
      expect(text).toContain(`error: ${says}`);
      expect(text).toContain("agentos help COMMAND");
      for (const output of [text, error.message]) {
        for (const part of [secret, ...secret.split(/[.']/)])
          if (part.length > 3) expect(output).not.toContain(part);
      }
    },
  );

  it.each([
    [["doctro"], "unknown command 'doctro'", "(Did you mean doctor?)"],
    [
      ["control-plane", "reset-pasword", "a@b.c"],
      "unknown command 'reset-pasword'",
      "(Did you mean reset-password?)",
    ],
    [["tokn", "inspect", "-"], "unknown command 'tokn'", "(Did you mean token?)"],
    [["keys", "shwo", "x"], "unknown command 'shwo'", "(Did you mean show?)"],
    [["Doctor"], "unknown command", "(Did you mean doctor?)"],
    [["doctor", "--tokne", "x"], "unknown option '--tokne'", "(Did you mean --token?)"],
    [["doctor", `--tokne=${SECURITY_KEY}`], "unknown option '--tokne'", "(Did you mean --token?)"],
    [["doctor", "--jsn"], "unknown option '--jsn'", "(Did you mean --json?)"],
    [["doctor", "--halp"], "unknown option '--halp'", "(Did you mean --help?)"],
  ])("still says what may have been meant: %j", async (args, says, suggestion) => {
    const { text } = await mistype(args);
    expect(text).toContain(says);
    expect(text).toContain(suggestion);
  });

  it("still names what is missing", async () => {
    expect((await mistype(["serve"])).text).toContain("required option '-c, --config <file>' not specified");
    expect((await mistype(["token", "inspect"])).text).toContain("missing required argument 'token'");
    expect((await mistype(["doctor", "--token"])).text).toContain(
      "option '--token <token>' argument missing",
    );
  });

  it("does so as a process of its own", { timeout: 60_000 }, async () => {
    for (const args of [
      ["token", "explain", `--token=${JWT}`, "x"],
      ["doctor", JWT],
      ["doctor", "-", JWT],
      [JWT],
      ["help", JWT],
      ["help", "keys", JWT],
    ]) {
      const { stdout, stderr } = await runCli(args);
      expect(stdout + stderr).not.toContain(JWT.slice(0, 12));
    }
    expect((await runCli(["doctor", "-", JWT])).code).toBe(1);
    expect((await runCli(["--help"])).stdout).toContain("Start here:");
    const version = await runCli(["--version"]);
    expect([version.code, version.stderr]).toEqual([0, ""]);
    expect(version.stdout).toMatch(/^\d[\w.-]*\n$/);
  });
});
