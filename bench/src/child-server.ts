// Starts a measured server as a child process and talks to it. The load comes from other processes, so that the CPU
// and the memory that are read here are the server's alone.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BareAnswer } from "./recorded-answer.ts";

export interface ChildServer {
  readonly url: string;
  /** Microseconds of CPU that the server has used so far. */
  cpuMicros(): Promise<number>;
  /** Resident memory as the system counts it. Read from outside, so that nothing is allocated for the answer. */
  residentBytes(): Promise<number>;
  /** Runs the work; how long its event loop kept others waiting meanwhile, 99th percentile, milliseconds. */
  loopDelayMs(work: () => Promise<unknown>): Promise<number>;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  /** Public key; without one the server runs open. */
  readonly verificationKey?: string;
  /** Location of its database. Default: none. */
  readonly database?: string | undefined;
  readonly words?: number;
  readonly wordDelayMs?: number;
  /** Before the first word of a stream. */
  readonly delayMs?: number;
  /** Whether the packages come from their source or, as in an installation, from `dist`. Default "source". */
  readonly packages?: "source" | "built";
}

/** An AgentOS. */
export function startServer(options: ChildServerOptions): Promise<ChildServer> {
  const {
    verificationKey,
    database,
    words = 20,
    wordDelayMs = 50,
    delayMs = 0,
    packages = "source",
  } = options;
  return startChild("server-process.mjs", {
    execArgv: packages === "source" ? ["--conditions=@agentos/source"] : [],
    env: {
      BENCH_WORDS: String(words),
      BENCH_WORD_DELAY_MS: String(wordDelayMs),
      BENCH_DELAY_MS: String(delayMs),
      ...(database === undefined ? {} : { BENCH_DATABASE: database }),
      ...(verificationKey === undefined ? {} : { BENCH_KEY: verificationKey }),
    },
  });
}

/** Nothing but `node:http`: it gives every request the recorded answer. */
export function startBareServer(answer: BareAnswer): Promise<ChildServer> {
  return startChild("bare-process.ts", { execArgv: [], env: { BENCH_ANSWER: JSON.stringify(answer) } });
}

interface Message {
  readonly url?: string;
  readonly cpu?: NodeJS.CpuUsage;
  readonly loopMs?: number;
}

async function startChild(
  file: string,
  { execArgv, env }: { readonly execArgv: string[]; readonly env: Readonly<Record<string, string>> },
): Promise<ChildServer> {
  const child = fork(join(import.meta.dirname, file), {
    execArgv,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
  });
  const exited = once(child, "exit");
  const receive = async (): Promise<Message> => {
    const [message] = (await Promise.race([once(child, "message"), exited.then(() => [{}])])) as [Message];
    return message;
  };
  const { url } = await receive();
  if (url === undefined) throw new Error("the measured server did not start; its output is above");
  return {
    url,
    async cpuMicros() {
      child.send("cpu");
      const { cpu } = await receive();
      return cpu === undefined ? Number.NaN : cpu.user + cpu.system;
    },
    async loopDelayMs(work) {
      child.send("watch loop");
      await receive();
      await work();
      child.send("loop");
      return (await receive()).loopMs ?? Number.NaN;
    },
    residentBytes: () => readResidentBytes(child.pid),
    async stop() {
      child.send("stop");
      await exited;
    },
  };
}

/** Linux has it as a file; other systems are not measured. */
async function readResidentBytes(processId: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) * 1_024;
}
