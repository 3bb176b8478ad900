// The same server with and without authorization, over real sockets: rounds of A and B in turn.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { type ChildServer, startServer } from "./child-server.ts";
import { median, medianRatio } from "./measure.ts";
import { micros, type Section } from "./report.ts";
import { createTokens } from "./tokens.ts";

const HTTP_MINIMUM = 0.75;

export interface HttpOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
}

export async function benchHttp(options: HttpOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const [guarded, open] = await Promise.all([
    startServer({ verificationKey: key.verificationKey }),
    startServer({}),
  ]);
  try {
    const load = (server: ChildServer, token?: string) => fire(server, options, token);
    await load(guarded, tokens[0]);
    await load(open);
    const rounds: { readonly guarded: Round; readonly open: Round }[] = [];
    for (let round = 0; round < options.rounds; round++) {
      // Who goes first changes, so that a machine that slows down favours neither.
      const first = round % 2 === 0 ? await load(guarded, tokens[0]) : undefined;
      const without = await load(open);
      rounds.push({ guarded: first ?? (await load(guarded, tokens[0])), open: without });
    }
    return describe(rounds);
  } finally {
    await Promise.all([guarded.stop(), open.stop()]);
  }
}

function describe(rounds: readonly { readonly guarded: Round; readonly open: Round }[]): Section {
  const column = (which: "guarded" | "open", what: keyof Round) => rounds.map((round) => round[which][what]);
  const rate = medianRatio(column("guarded", "requestsPerSecond"), column("open", "requestsPerSecond"));
  const cpu = medianRatio(column("open", "cpuMicrosPerRequest"), column("guarded", "cpuMicrosPerRequest"));
  const row = (name: string, which: "guarded" | "open") => [
    name,
    Math.round(median(column(which, "requestsPerSecond"))).toString(),
    micros(median(column(which, "cpuMicrosPerRequest"))),
  ];
  return {
    title: "GET /agents over HTTP, one server process",
    head: ["", "requests/s", "server CPU us/request"],
    rows: [
      row("authorised", "guarded"),
      row("without authorization", "open"),
      ["ratio", rate.toFixed(2), cpu.toFixed(2)],
    ],
    verdicts: [
      {
        target: `authorised GET /agents at least ${HTTP_MINIMUM} of the same server without`,
        measured: `${rate.toFixed(2)} (by server CPU ${cpu.toFixed(2)})`,
        isMet: rate >= HTTP_MINIMUM,
      },
    ],
  };
}

const autocannon = createRequire(import.meta.url).resolve("autocannon/autocannon.js");

/** One round of load from a process of its own. */
async function fire(
  server: ChildServer,
  { seconds, connections }: HttpOptions,
  token?: string,
): Promise<Round> {
  const header = token === undefined ? [] : ["-H", `authorization=Bearer ${token}`];
  const args = [
    autocannon,
    "--json",
    "-c",
    String(connections),
    "-d",
    String(seconds),
    ...header,
    `${server.url}/agents`,
  ];
  const before = await server.cpuMicros();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const used = (await server.cpuMicros()) - before;
  const result = JSON.parse(stdout) as Record<"2xx" | "non2xx" | "errors" | "duration", number>;
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] === 0) {
    throw new Error(`not every answer was 200: ${result.non2xx} others, ${result.errors} errors`);
  }
  return { requestsPerSecond: result["2xx"] / result.duration, cpuMicrosPerRequest: used / result["2xx"] };
}
