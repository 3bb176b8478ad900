/** The world of a row whose configuration is a JSON file and an environment, served by a process of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signToken } from "@agentos/testkit";
import { command } from "../support/command.ts";
import { readFaults, serveProcess, type Written } from "../support/serve-process.ts";
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

interface Seen {
  readonly text: string;
  /** Of a request to what listens; undefined where nothing does. */
  readonly status: number | undefined;
}

async function visit(world: FileWorld): Promise<Seen> {
  const { text, url, stop } = await serveProcess(world);
  try {
    if (url === undefined) return { text, status: undefined };
    const credential = world.credential ?? (await signToken(good()));
    const { status } = await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${credential}` } });
    return { text, status };
  } finally {
    await stop();
  }
}

/** A row about `agentos serve` and a request to it. */
export const fixFile = (row: Omit<FixRow<FileWorld>, "observe" | "passes">): FixRow => {
  // What is observed in a world last is what passes or not: the same visit tells both.
  const last = new WeakMap<FileWorld, Seen>();
  const whole: FixRow<FileWorld> = {
    async observe(world) {
      const seen = await visit(world);
      last.set(world, seen);
      return readFaults(seen.text).map(
        ({ code, fix }): Printed => ({
          code,
          fix,
          place: seen.status === undefined ? "start" : "finding",
          text: `$ agentos serve\n${seen.text}`,
        }),
      );
    },
    async passes(world) {
      const { text, status } = last.get(world) ?? (await visit(world));
      if (status === undefined) throw new Error(`the fix leads to no start: ${text}`);
      if (status >= 400) throw new Error(`the fix leads to ${status}: ${text}`);
    },
    ...row,
  };
  // Each row keeps its own kind of world; the table only hands it from one function to the next.
  return whole as FixRow;
};
