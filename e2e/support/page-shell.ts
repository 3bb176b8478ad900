// Does what a page tells its reader to do: its shell lines and programs, in a folder of the clone. Only the port, the
// folder of the keys and what stands in `env` are others.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The lines of the pages are for a shell with a curl that knows `--json` (7.82). */
const { stdout: manual } = spawnSync("bash", ["-c", "curl --help all"], { encoding: "utf8" });
export const hasShell = manual?.includes("--json") ?? false;

export type Language = "ts" | "sh" | "text" | "json";

/** The blocks of a page by their language, between a heading and the next one. */
export function blocksOf(page: string, heading: string): Readonly<Record<Language, readonly string[]>> {
  const [, section = ""] = readFileSync(join(root, page), "utf8").split(`\n## ${heading}\n`);
  // In a list a block is indented, and so are its lines.
  const blocks = [...(section.split("\n## ")[0] ?? "").matchAll(/^( *)```(\w+)[^\n]*\n(.*?)^\1```$/gms)];
  const of = (language: Language) =>
    blocks.flatMap(([, indent = "", name, text = ""]) =>
      name === language ? [text.replaceAll(new RegExp(`^${indent}`, "gm"), "")] : [],
    );
  return { ts: of("ts"), sh: of("sh"), text: of("text"), json: of("json") };
}

export interface Shell {
  readonly child: ChildProcess;
  readonly output: () => string;
}

export interface PageShell {
  /** Where the lines run. */
  readonly folder: string;
  /** Begins shell lines of a page, with what they cannot have here replaced. */
  run(lines: string, url?: string): Shell;
  /** Resolves with what they have written; they have to end well. */
  runToEnd(lines: string, url?: string): Promise<string>;
  /** Starts a program that prints its address when it serves. */
  serve(lines: string): Promise<Shell & { readonly url: string }>;
  stop(shell: Shell): Promise<void>;
  /** Deletes the folder. */
  close(): void;
}

export function openPageShell(env: () => Readonly<Record<string, string>> = () => ({})): PageShell {
  // Inside of the clone, where its packages are found; git does not look there.
  mkdirSync(join(root, ".agentos"), { recursive: true });
  const folder = mkdtempSync(join(root, ".agentos/pages-"));

  function run(lines: string, url = ""): Shell {
    const script = lines
      .replaceAll("/tmp/", `${folder}/`)
      .replaceAll(/localhost:777[07]\b/g, url.replace("http://", ""));
    const { PATH, HOME } = process.env;
    // Of its own group: a signal to it reaches what it has started.
    const child = spawn("bash", ["--norc", "-ec", script], {
      cwd: folder,
      env: { PATH, HOME, NO_COLOR: "1", ...env() },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    return { child, output: () => text };
  }

  return {
    folder,
    run,
    async runToEnd(lines, url) {
      const { child, output } = run(lines, url);
      const status = await new Promise((resolve) => child.once("close", resolve));
      expect([status, output()]).toEqual([0, expect.any(String)]);
      return output();
    },
    async serve(lines) {
      const shell = run(lines);
      const url = await new Promise<string>((resolve, reject) => {
        shell.child.stdout?.on("data", () => {
          const [, found] =
            /^(?:Serving |AgentOS is ready at )?(http:\/\/localhost:\d+)\b/m.exec(shell.output()) ?? [];
          if (found !== undefined) resolve(found);
        });
        shell.child.once("close", () => reject(new Error(`ended before it served:\n${shell.output()}`)));
      });
      return { ...shell, url };
    },
    async stop({ child }) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      process.kill(-child.pid, "SIGTERM");
      await ended;
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
