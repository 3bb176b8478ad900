/** Streams of the client over a cable that is cut: what survives it, what does not, and that nothing is given twice. */
import {
  type AgentOSClientOptions,
  ConnectionFault,
  createAgentOSClient,
  type RunStream,
  type StreamedEvent,
} from "@agentos/client";
import { Agent } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGatedAgent } from "./support/gated-agent.ts";
import { type Served, serve } from "./support/serve.ts";
import { startTcpProxy, type TcpProxy } from "./support/tcp-proxy.ts";

const issuer = await createTestIssuer();
const SCOPES = ["agents:run", "agents:read", "sessions:read"];
const EVENTS = ["RunStarted", "RunContent", "RunContent", "RunContentCompleted", "RunCompleted"];
const cables: TcpProxy[] = [];
const gatedOnes = Array.from({ length: 8 }, (_, index) => createGatedAgent(`gated-${index}`));
const unused = [...gatedOnes];
let server: Served;

beforeAll(async () => {
  server = await serve({
    id: TEST_OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" }), ...gatedOnes.map(({ agent }) => agent)],
    authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
  });
});

afterAll(async () => {
  await Promise.all(cables.map((cable) => cable.close()));
});

function nextGated() {
  const gated = unused.shift();
  if (gated === undefined) throw new Error("make more of them");
  return { ...gated, id: gated.agent.id };
}

/** Behind a cable; what it waits is noted instead of waited for. */
async function connect(more: Partial<AgentOSClientOptions> = {}) {
  const cable = await startTcpProxy(`http://127.0.0.1:${server.port}`);
  cables.push(cable);
  const waits: number[] = [];
  const client = createAgentOSClient({
    baseUrl: cable.url,
    token: await issuer.token({ scopes: SCOPES }),
    random: () => 1,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...more,
  });
  return { cable, client, waits };
}

/** Reads to the end, and calls back after each event. */
async function readAll(stream: RunStream, onEvent: (event: StreamedEvent) => void = () => undefined) {
  const events: StreamedEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const namesOf = (events: readonly StreamedEvent[]) => events.map(({ event }) => event);
const indicesOf = (events: readonly StreamedEvent[]) => events.map(({ event_index }) => event_index);

const faultOf = async (promise: Promise<unknown>): Promise<ConnectionFault> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof ConnectionFault) return error;
  throw new Error("there was no fault of the connection", { cause: error });
};

test("a run in the background outlives its connection: each event once, in order", async () => {
  const { id, gate } = nextGated();
  const { cable, client } = await connect();
  const connections: boolean[] = [];
  const onConnection = (isConnected: boolean) => void connections.push(isConnected);
  const stream = client.agents.stream(id, { message: "Go" }, { background: true, onConnection });
  const events = await readAll(stream, ({ event_index }) => {
    if (event_index !== 0 && event_index !== 1) return;
    // Twice: the second time it is the stream that was taken up which is lost.
    cable.cut();
    cable.mend();
    if (event_index === 1) gate.open();
  });
  expect(namesOf(events)).toEqual(EVENTS);
  expect(indicesOf(events)).toEqual([0, 1, 2, 3, 4]);
  expect(stream.lastEventIndex).toBe(4);
  // Lost, then there again; both cuts may fall into one loss.
  expect(connections.at(-1)).toBe(true);
  expect(connections).toEqual(connections.map((_, at) => at % 2 === 1));
});

test("waits grow while the server is away, then the fault names the run that may go on", async () => {
  const { id, gate } = nextGated();
  const { cable, client, waits } = await connect();
  const stream = client.agents.stream(id, { message: "Go" }, { background: true, maxResumes: 6 });
  const fault = await faultOf(
    readAll(stream, ({ event_index }) => {
      if (event_index === 1) cable.cut();
    }),
  );
  expect(fault).toMatchObject({
    reason: "stream-lost",
    run: { runId: stream.runId, sessionId: stream.sessionId, lastEventIndex: 1 },
  });
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  cable.mend();
  gate.open();
  const run = { run_id: stream.runId ?? "", session_id: stream.sessionId, last_event_index: 1 };
  expect(indicesOf(await readAll(client.agents.follow(id, run)))).toEqual([2, 3, 4]);
});

test("a run that is not in the background ends with its connection, and the fault says so", async () => {
  const { id, cancelled } = nextGated();
  const { cable, client, waits } = await connect();
  const stream = client.agents.stream(id, { message: "Go" });
  const fault = await faultOf(
    readAll(stream, ({ event }) => {
      if (event === "RunContent") cable.cut();
    }),
  );
  expect(fault).toMatchObject({ reason: "stream-lost", run: { runId: stream.runId } });
  expect(waits).toEqual([]);
  await cancelled;
});

test("a request for a run whose answer is lost is sent again by its name, and runs once", async () => {
  let sent = 0;
  const { client } = await connect({
    async fetch(url, init) {
      const response = await fetch(url, init);
      if (init.method !== "POST") return response;
      sent += 1;
      if (sent > 1) return response;
      await response.text();
      throw new TypeError("the answer was lost");
    },
  });
  const session_id = "sent-twice";
  const output = await client.agents.run("echo", { message: "Once", session_id });
  expect([sent, output.content]).toEqual([2, "Once"]);
  sent = 0;
  const stream = client.agents.stream("echo", { message: "Once more", session_id }, { background: true });
  expect(indicesOf(await readAll(stream))[0]).toBe(0);
  expect(sent).toBe(2);
  const runs = await client.agents.listRuns({ parameters: { agent_id: "echo" }, query: { session_id } });
  expect(runs).toHaveLength(2);
});

test("leaving a run in the background lets it go on; where it is meant to be cancelled, it is", async () => {
  const { client } = await connect();
  const kept = nextGated();
  const stream = client.agents.stream(kept.id, { message: "Go" }, { background: true });
  for await (const event of stream) if (event.event === "RunContent") break;
  const run = { run_id: stream.runId ?? "", session_id: stream.sessionId ?? "" };
  kept.gate.open();
  expect(namesOf(await readAll(client.agents.follow(kept.id, run)))).toEqual(EVENTS);

  const left = nextGated();
  const options = { background: true, cancelsWhenLeft: true };
  for await (const event of client.agents.stream(left.id, { message: "Go" }, options))
    if (event.event === "RunContent") break;
  await left.cancelled;
});

test("a signal ends a stream, a plain run and a wait at once", async () => {
  const { cable, client } = await connect({
    wait: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("no longer waited for")));
        stop.abort();
      }),
  });
  const first = nextGated();
  let stop = new AbortController();
  const streamed = faultOf(
    readAll(client.agents.stream(first.id, { message: "Go" }, { signal: stop.signal }), ({ event }) => {
      if (event === "RunContent") stop.abort(new Error("enough"));
    }),
  );
  expect(await streamed).toMatchObject({ reason: "aborted", cause: { message: "enough" } });
  await first.cancelled;

  const second = nextGated();
  stop = new AbortController();
  const plain = faultOf(client.agents.run(second.id, { message: "Go" }, { signal: stop.signal }));
  await second.started;
  stop.abort();
  expect(await plain).toMatchObject({ reason: "aborted" });
  await second.cancelled;

  stop = new AbortController();
  cable.cut();
  await expect(client.agents.list({}, { signal: stop.signal })).rejects.toThrow("no longer waited for");
  await expect(client.agents.list({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    reason: "aborted",
  });
});
