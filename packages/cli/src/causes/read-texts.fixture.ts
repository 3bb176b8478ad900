/** What the person in question reads: the answer to a request, the report of the doctor, the lines of the server's log. */
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { onTestFinished, vi } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import type { CliOptions } from "../program/spawn-cli.fixture.ts";

export interface RunningServer {
  readonly url: string;
  /** What has been logged, one line each. */
  readonly log: readonly string[];
}

/** Starts one for this test. */
export async function startServer(options: AgentOSOptions): Promise<RunningServer> {
  const log: string[] = [];
  const write = (facts: object, text: string) => void log.push(`${text} ${JSON.stringify(facts)}`);
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    env: {},
    logger: { error: write, warn: write, info: () => undefined },
    ...options,
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  onTestFinished(() => server.close());
  return { url: server.url, log };
}

/** The answer to `GET path`, as `curl -i` shows it. */
export async function readAnswer(
  { url }: RunningServer,
  headers: Readonly<Record<string, string>>,
  path = "/agents",
): Promise<string> {
  const response = await fetch(`${url}${path}`, { headers });
  const challenge = response.headers.get("www-authenticate");
  return [
    `$ curl -i ${path}`,
    `HTTP/1.1 ${response.status} ${response.statusText}`,
    ...(challenge === null ? [] : [`www-authenticate: ${challenge}`]),
    "",
    await response.text(),
  ].join("\n");
}

/** What `agentos doctor` prints. */
export async function readReport(args: readonly string[], options: CliOptions = {}): Promise<string> {
  const { stdout, stderr } = await runInProcess(["doctor", ...args], options);
  const shown = args.map((arg) => (arg.startsWith("http") ? "URL" : arg));
  return `$ agentos doctor ${shown.join(" ")}\n${stderr}${stdout}`;
}

/** Moves `Date` of this process, and so the clock of a server in it, until the test ends. */
export function moveClock(seconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1_000 });
  onTestFinished(() => void vi.useRealTimers());
}
