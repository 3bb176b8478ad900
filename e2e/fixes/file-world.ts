/** The world of a row whose configuration is a JSON file and an environment, served by a process of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signToken } from "@agentos/testkit";
import { command } from "../support/command.ts";
import { readFaults, type Start, serveProcess, type Written } from "../support/serve-process.ts";
import type { FixRow, Printed } from "./fix-row.ts";
import { good, ID } from "./world.ts";

/** What a person has written, and what they send once it listens. */
export interface FileWorld extends Written {
  /** Behind "Bearer". Undefined: a good token of the usual key. */
  readonly credential?: string;
}

/** Replaces parts of `authorization` in the file; undefined removes one. */
export function withPart(world: FileWorld, part: Readonly<Record<string, unknown>>): FileWorld {
  const { authorization } = world.config ?? {};
  const old = typeof authorization === "object" ? authorization : {};
  return { ...world, config: { ...world.config, authorization: { ...old, ...part } } };
}

/** Replaces variables; undefined unsets one. */
export const withVariables = (
  world: FileWorld,
  env: Readonly<Record<string, string | undefined>>,
): FileWorld => ({ ...world, env: { ...world.env, ...env } });

/** What `agentos keys generate` makes, and a token that `agentos token mint` signs with it. */
export function generateKeys(): { readonly publicPem: string; readonly token: string } {
  const folder = mkdtempSync(join(tmpdir(), "agentos-keys-"));
  try {
    const run = (...args: readonly string[]) =>
      execFileSync(process.execPath, [command.file, ...args], { cwd: folder, encoding: "utf8" });
    run("keys", "generate", "--out", "made");
    const options = ["--key", "made-private.pem", "--aud", ID, "--sub", "alice", "--scopes", "agents:read"];
    const token = run("token", "mint", ...options).trim();
    return { publicPem: readFileSync(join(folder, "made-public.pem"), "utf8"), token };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function during<Result>(
  world: FileWorld,
  use: (start: Start) => Promise<Result> | Result,
): Promise<Result> {
  const start = await serveProcess(world);
  try {
    return await use(start);
  } finally {
    await start.stop();
  }
}

/** A row about `agentos serve` and a request to it. */
export const fixFile = (row: Omit<FixRow<FileWorld>, "observe" | "passes">): FixRow => {
  const whole: FixRow<FileWorld> = {
    observe: (world) =>
      during(world, ({ text, url }) =>
        readFaults(text).map(
          ({ code, fix }): Printed => ({
            code,
            fix,
            place: url === undefined ? "start" : "finding",
            text: `$ agentos serve\n${text}`,
          }),
        ),
      ),
    passes: (world) =>
      during(world, async ({ url, text }) => {
        if (url === undefined) throw new Error(`the fix leads to no start: ${text}`);
        const credential = world.credential ?? (await signToken(good()));
        const { status } = await fetch(`${url}/agents`, {
          headers: { authorization: `Bearer ${credential}` },
        });
        if (status >= 400) throw new Error(`the fix leads to ${status}: ${text}`);
      }),
    ...row,
  };
  // Each row keeps its own kind of world; the table only hands it from one function to the next.
  return whole as FixRow;
};
