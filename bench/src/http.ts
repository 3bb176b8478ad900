// A plain request: the AgentOS with authorization, without, and a bare `node:http` server that sends the same bytes.
import { startBareServer, startServer } from "./child-server.ts";
import { compareUnderLoad, describeLoad, type LoadOptions, shareOf } from "./load.ts";
import { recordAnswer } from "./recorded-answer.ts";
import type { Section } from "./report.ts";
import { createTokens } from "./tokens.ts";

const OPEN_MINIMUM = 0.75;
const BARE_MINIMUM = 0.6;

export async function benchHttp(options: LoadOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const request = { path: "/agents", token: tokens[0] };
  await using servers = new AsyncDisposableStack();
  const guarded = servers.adopt(await startServer({ verificationKey: key.verificationKey }), (server) =>
    server.stop(),
  );
  const open = servers.adopt(await startServer({}), (server) => server.stop());
  const bare = servers.adopt(await startBareServer(await recordAnswer(guarded.url, request)), (server) =>
    server.stop(),
  );
  const results = await compareUnderLoad(
    [
      { name: "authorised", server: guarded, request },
      { name: "without authorization", server: open, request: { path: "/agents" } },
      { name: "bare node:http, same bytes", server: bare, request },
    ],
    options,
  );
  const [ours, without, limit] = results;
  if (ours === undefined || without === undefined || limit === undefined)
    throw new Error("INVARIANT: three are measured");
  const ofOpen = shareOf(ours, without);
  const ofBare = shareOf(ours, limit);
  return {
    title: "GET /agents over HTTP, one server process",
    head: ["", "requests/s", "server CPU us/request"],
    rows: [
      ...results.map(describeLoad),
      ["authorised, of the one without", ofOpen.rate.toFixed(2), ofOpen.cpu.toFixed(2)],
      ["authorised, of the bare one", ofBare.rate.toFixed(2), ofBare.cpu.toFixed(2)],
    ],
    verdicts: [
      {
        target: `authorised GET /agents at least ${OPEN_MINIMUM} of the same server without`,
        measured: `${ofOpen.rate.toFixed(2)} (by server CPU ${ofOpen.cpu.toFixed(2)})`,
        isMet: ofOpen.rate >= OPEN_MINIMUM,
      },
      {
        // By CPU too: where the load generator is the slowest part, requests/s are the same for everybody.
        target: `authorised GET /agents at least ${BARE_MINIMUM} of bare node:http, by requests/s and by CPU`,
        measured: `${ofBare.rate.toFixed(2)} (by server CPU ${ofBare.cpu.toFixed(2)})`,
        isMet: Math.min(ofBare.rate, ofBare.cpu) >= BARE_MINIMUM,
      },
    ],
  };
}
