// Starts the measured server as a child process and talks to it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface ChildServer {
  readonly url: string;
  /** Microseconds of CPU that the server has used so far. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  /** Public key; without one the server runs open. */
  readonly verificationKey?: string;
  readonly words?: number;
  readonly wordDelayMs?: number;
  /** Before the first word of a stream. */
  readonly delayMs?: number;
}

export async function startServer({
  verificationKey,
  words = 20,
  wordDelayMs = 50,
  delayMs = 0,
}: ChildServerOptions): Promise<ChildServer> {
  const mode = verificationKey === undefined ? "open" : "protected";
  const child = fork(
    join(import.meta.dirname, "server-process.ts"),
    [mode, String(words), String(wordDelayMs), String(delayMs)],
    {
      execArgv: ["--conditions=@agentos/source"],
      env: {
        PATH: process.env["PATH"],
        ...(verificationKey === undefined ? {} : { BENCH_KEY: verificationKey }),
      },
    },
  );
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
    async stop() {
      child.send("stop");
      await exited;
    },
  };
}

interface Message {
  readonly url?: string;
  readonly cpu?: NodeJS.CpuUsage;
}
