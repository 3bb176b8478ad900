/** `agentos serve` as a process of its own, with a JSON file and an environment: what it prints, and how it answers. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.ts";

/** What a person has written before they type `agentos serve`. */
export interface Written {
  /** Of the file; `id` and one agent are there already. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Nothing of this machine's but PATH is beside it. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** More of the command line. Default: any free port. */
  readonly args?: readonly string[] | undefined;
}

/** How a start ended: it listens, or it printed why not. */
export interface Start {
  /** Undefined where it does not listen. */
  readonly url: string | undefined;
  /** Exit status; undefined while it listens. */
  readonly code: number | null | undefined;
  /** Everything printed so far, both streams. */
  readonly text: string;
  /** Ends the process and removes the folder. */
  readonly stop: () => Promise<void>;
}

/** One fault or warning as it is printed. */
export interface PrintedFault {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** Starts it, and waits until it listens or has ended. */
export async function serveProcess({ config = {}, env = {}, files = {}, args }: Written): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), "agentos-serve-"));
  const agents = [{ id: "shop", model: "offline:echo" }];
  writeFileSync(join(folder, "agentos.json"), JSON.stringify({ id: "agent-os", agents, ...config }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const child = spawn(
    process.execPath,
    [command.file, "serve", "--config", "agentos.json", ...(args ?? ["--port", "0"])],
    { cwd: folder, env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: command.compileCache, ...env } },
  );
  let text = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const listening = new Promise<string>((resolve) => {
    const read = (chunk: string) => {
      text += chunk;
      const url = /Serving (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const first = await Promise.race([listening, ended]);
  return typeof first === "string"
    ? { url: first, code: undefined, text, stop }
    : { url: undefined, code: first, text, stop };
}

/** The faults that stopped a start, and the warnings of one that listens. */
export function readFaults(text: string): readonly PrintedFault[] {
  const stopped = [...text.matchAll(/^ {2}- (.*) \[([A-Z_]+)\]\n {4}fix: (.*)$/gm)].map(
    ([, message = "", code = "", fix = ""]) => ({ code, message, fix }),
  );
  const warned = [...text.matchAll(/^ {2}warning {4}(.*)\n {13}fix: (.*) \[([A-Z_]+)\]$/gm)].map(
    ([, message = "", fix = "", code = ""]) => ({ code, message, fix }),
  );
  const failed = [...text.matchAll(/^error: (.*) \[([A-Z_]+)\]\n {2}fix: (.*)$/gm)].map(
    ([, message = "", code = "", fix = ""]) => ({ code, message, fix }),
  );
  return [...stopped, ...warned, ...failed];
}
