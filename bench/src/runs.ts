// What a run costs: `offline:echo` needs no model, so all of it is ours. Against a bare `node:http` server that reads
// the same form and writes the same bytes; judged by server CPU, since a client that parses streams is slow itself.
import { type ChildServer, startBareServer, startServer } from "./child-server.ts";
import { type Contender, compareUnderLoad, describeLoad, type LoadOptions, type LoadResult } from "./load.ts";
import type { LoadRequest } from "./load-request.ts";
import { medianRatio } from "./measure.ts";
import { type BareAnswer, recordAnswer } from "./recorded-answer.ts";
import { type Section, times, type Verdict } from "./report.ts";
import { createTokens } from "./tokens.ts";

const JSON_LIMIT = 4;
const STREAM_LIMIT = 3;
const WORDS = 40;

export async function benchRuns(options: LoadOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const ask = (words: number, stream: boolean): LoadRequest => ({
    path: "/agents/echo/runs",
    token: tokens[0],
    form: { message: createMessage(words), stream: String(stream) },
  });
  const { verificationKey } = key;
  const json = await compare("JSON run", { request: ask(1, false), verificationKey }, options);
  const stream = await compare(
    `SSE run of ${WORDS} words`,
    { request: ask(WORDS, true), verificationKey },
    options,
  );
  return {
    title: "POST /agents/{id}/runs, offline:echo, authorised, one server process",
    head: ["", "requests/s", "server CPU us/request", "the run is"],
    rows: [...describe(json), ...describe(stream)],
    verdicts: [judge(json, JSON_LIMIT), judge(stream, STREAM_LIMIT)],
  };
}

/** As many words as the echo is to send, each in an event of its own. */
export function createMessage(words: number): string {
  return Array.from({ length: words }, (_, index) => `word-${index}`).join(" ");
}

/** A run and its limits. The first of them is the one that counts. */
interface Comparison {
  readonly run: LoadResult;
  readonly limits: readonly LoadResult[];
}

/** A server for each kind of run: what one kind leaves in memory must not slow the other. */
async function compare(
  name: string,
  { request, verificationKey }: { readonly request: LoadRequest; readonly verificationKey: string },
  options: LoadOptions,
): Promise<Comparison> {
  await using servers = new AsyncDisposableStack();
  const stop = (server: ChildServer) => server.stop();
  const agentOS = servers.adopt(await startServer({ verificationKey }), stop);
  const answer = await recordAnswer(agentOS.url, request);
  const bares: readonly (readonly [name: string, answer: BareAnswer])[] =
    typeof answer.body === "string"
      ? [["bare node:http, same bytes", answer]]
      : [
          [`bare node:http, same ${answer.body.length} frames, one by one`, answer],
          ["bare node:http, each in a turn of its own", { ...answer, waitsBetweenFrames: true }],
        ];
  const contenders: Contender[] = [{ name, server: agentOS, request }];
  for (const [bareName, bareAnswer] of bares)
    contenders.push({
      name: bareName,
      server: servers.adopt(await startBareServer(bareAnswer), stop),
      request,
    });
  const [run, ...limits] = await compareUnderLoad(contenders, options);
  if (run === undefined) throw new Error("INVARIANT: the run is measured");
  return { run, limits };
}

function describe({ run, limits }: Comparison): readonly (readonly string[])[] {
  return [
    [...describeLoad(run), ""],
    ...limits.map((limit) => [...describeLoad(limit), times(medianRatio(run.cpuMicros, limit.cpuMicros))]),
  ];
}

function judge({ run, limits: [bare] }: Comparison, limit: number): Verdict {
  if (bare === undefined) throw new Error("INVARIANT: a limit is measured");
  const ratio = medianRatio(run.cpuMicros, bare.cpuMicros);
  return {
    target: `${run.name} at most ${limit}x the CPU of bare node:http`,
    measured: times(ratio),
    isMet: ratio <= limit,
  };
}
