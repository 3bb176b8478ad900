// Load over real sockets from a process of its own, the same for every server that is compared: rounds in turn, so that
// whatever else the machine does falls on all of them alike.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import type { ChildServer } from "./child-server.ts";
import type { LoadRequest } from "./load-request.ts";
import { median, medianRatio } from "./measure.ts";
import { micros } from "./report.ts";

export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** One server under load. */
export interface Contender {
  readonly name: string;
  readonly server: ChildServer;
  readonly request: LoadRequest;
}

/** What the rounds brought, one value for each. */
export interface LoadResult {
  readonly name: string;
  readonly requestsPerSecond: readonly number[];
  readonly cpuMicros: readonly number[];
}

/** Warms every server up, then measures them in turn. Results are in the order of the contenders. */
export async function compareUnderLoad(
  contenders: readonly Contender[],
  options: LoadOptions,
): Promise<readonly LoadResult[]> {
  const results = contenders.map(({ name }) => ({
    name,
    requestsPerSecond: numbers(),
    cpuMicros: numbers(),
  }));
  const pairs = contenders.map((contender, index) => [contender, results[index]] as const);
  for (const contender of contenders) await fire(contender, options);
  for (let round = 0; round < options.rounds; round++) {
    // Who goes first changes, so that a machine that slows down favours nobody.
    for (const [contender, result] of round % 2 === 0 ? pairs : pairs.toReversed()) {
      const measured = await fire(contender, options);
      result?.requestsPerSecond.push(measured.requestsPerSecond);
      result?.cpuMicros.push(measured.cpuMicros);
    }
  }
  return results;
}

const numbers = (): number[] => [];

/** One row of the report. */
export function describeLoad({ name, requestsPerSecond, cpuMicros }: LoadResult): string[] {
  return [name, Math.round(median(requestsPerSecond)).toString(), micros(median(cpuMicros))];
}

/** How much of the speed of `other` a server keeps: 1 is all of it. */
export function shareOf(
  result: LoadResult,
  other: LoadResult,
): { readonly rate: number; readonly cpu: number } {
  return {
    rate: medianRatio(result.requestsPerSecond, other.requestsPerSecond),
    cpu: medianRatio(other.cpuMicros, result.cpuMicros),
  };
}

const autocannon = createRequire(import.meta.url).resolve("autocannon/autocannon.js");

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicros: number;
}

async function fire({ server, request }: Contender, { seconds, connections }: LoadOptions): Promise<Round> {
  const { path, token, form } = request;
  const args = [autocannon, "--json", "-c", String(connections), "-d", String(seconds)];
  // It looks at the time only when it takes a sample, once a second.
  if (seconds < 1) args.push("-L", String(seconds * 500));
  if (token !== undefined) args.push("-H", `authorization=Bearer ${token}`);
  if (form !== undefined) {
    args.push("-m", "POST", "-H", "content-type=application/x-www-form-urlencoded");
    args.push("-b", new URLSearchParams(form).toString());
  }
  const before = await server.cpuMicros();
  const { stdout } = await promisify(execFile)(process.execPath, [...args, `${server.url}${path}`]);
  const used = (await server.cpuMicros()) - before;
  const result = JSON.parse(stdout) as Record<"2xx" | "non2xx" | "errors" | "duration", number>;
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] === 0)
    throw new Error(`not every answer was 200: ${result.non2xx} others, ${result.errors} errors`);
  return { requestsPerSecond: result["2xx"] / result.duration, cpuMicros: used / result["2xx"] };
}
