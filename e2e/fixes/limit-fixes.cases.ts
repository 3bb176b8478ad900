/** Requests that there is no room for, and the way out that each prints. */
import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import type { LimitCode } from "@agentos/contract";
import type { AgentOSOptions, LimitOptions, Runnable } from "@agentos/server";
import { bodyOf, type Call, send } from "../support/http.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import { agents, callSigned, fix, good, jwtOptions, type World } from "./world.ts";

const MEBIBYTE = 1024 * 1024;
type Headers = Readonly<Record<string, string>>;

/** An agent without a model. */
const createAgent = (id: string, run: Runnable["run"]): Runnable<"agent"> => ({
  kind: "agent",
  id,
  name: id,
  model: { id: "none", provider: "none" },
  historyRuns: 0,
  describe: () => ({ id, name: id, is_factory: false, is_component: false }),
  run,
});
/** Never ends by itself. */
const hangs = createAgent("hangs", async function* () {
  yield { type: "content", text: "x" };
  await new Promise(() => {});
});
/** Says more than a system keeps of a connection that nobody reads. */
const floods = createAgent("floods", async function* () {
  for (let step = 0; step < 100; step += 1) yield { type: "content", text: "漢".repeat(20_000) };
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const form = (fields: Readonly<Record<string, string>>) =>
  new URLSearchParams({ message: "hi", stream: "false", ...fields }).toString();
const run = (fields: Readonly<Record<string, string>> = {}, headers: Headers = {}): Call => ({
  method: "POST",
  path: "/agents/shop/runs",
  body: form(fields),
  headers: { ...FORM, ...headers },
});
const signed = () => callSigned(good({ scopes: ["agents:run"] }), run());

/** A server without credentials, whose callers share what there is. */
const open = (limits: LimitOptions = {}): AgentOSOptions => ({ agents: [...agents, hangs, floods], limits });
/** A server that knows its callers, and gives each a part. */
const closed = (limits: LimitOptions): AgentOSOptions => ({ ...open(limits), ...jwtOptions() });

/** The options with some limits raised. */
const raise = (world: World, limits: LimitOptions): World => ({
  ...world,
  options: { ...world.options, limits: { ...world.options.limits, ...limits } },
});
/** What was there before the request is over. */
const afterwards = ({ prepare: _, ...world }: World): World => world;

/** Starts a request, and leaves it where it is. */
function begin(port: number, { path, method = "POST", body = "", headers = {} }: Call): ClientRequest {
  const sent = request({
    host: "127.0.0.1",
    port,
    method,
    path,
    agent: false,
    headers: { ...FORM, ...headers },
  });
  sent.on("error", () => undefined);
  sent.write(body);
  return sent;
}

/** Another run of the caller that has begun, and does not end. */
const holdRun =
  (headers: () => Promise<Headers>): NonNullable<World["prepare"]> =>
  async ({ port }) => {
    const own = await headers();
    const sent = begin(port, {
      path: "/agents/hangs/runs",
      body: form({ stream: "true" }),
      headers: { ...own, "transfer-encoding": "chunked" },
    });
    sent.end();
    await once(sent, "response");
    return () => void sent.destroy();
  };

/** A run that need not begin at once. */
const queued = (own: Headers = {}, length = 2) =>
  run({ message: "x".repeat(length), background: "true" }, own);

/** A run that holds the only place, and another one that waits for it. */
const holdQueue =
  (headers: () => Promise<Headers>, length?: number): NonNullable<World["prepare"]> =>
  async (server) => {
    const release = await holdRun(headers)(server);
    await send(server.port, queued(await headers(), length));
    return release;
  };

/** Asks again until a request is refused, as it is where nothing has been mended: what holds it is on its way. */
async function untilRefused(port: number, call: Call): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const { status } = await send(port, call);
    if (status >= 400) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A stream of the caller that nobody reads, once its run has ended. */
const holdStream =
  (headers: () => Promise<Headers>): NonNullable<World["prepare"]> =>
  async ({ port }) => {
    const own = await headers();
    const sent = begin(port, {
      path: "/agents/floods/runs",
      body: form({ stream: "true" }),
      headers: { ...own, "transfer-encoding": "chunked" },
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [{ pause(): void }];
    response.pause();
    await untilRefused(port, run({}, own));
    return () => void sent.destroy();
  };

/** A body of the caller that takes its time, and counts as large as it says it is. */
const holdBody =
  (headers: () => Promise<Headers>, call: (own: Headers) => Call): NonNullable<World["prepare"]> =>
  async ({ port }) => {
    const own = await headers();
    const length = { "content-length": String(400_000) };
    const sent = begin(port, { path: "/agents/shop/runs", body: "message=", headers: { ...own, ...length } });
    await untilRefused(port, call(own));
    return () => void sent.destroy();
  };

const nobody = async (): Promise<Headers> => ({});
const alice = async (): Promise<Headers> => {
  const { headers = {} } = await signed();
  return { authorization: headers["authorization"] ?? "" };
};
const asAlice = async (call: (own: Headers) => Call) => call(await alice());
const large = (own: Headers) => run({ message: "x".repeat(150_000) }, own);

/** Two ways out: something ends meanwhile, or the operator gives more room. */
function heldRows(
  wrong: () => Promise<World>,
  {
    waits,
    option,
    more,
  }: { readonly waits: RegExp; readonly option: keyof LimitOptions; readonly more: number },
): readonly FixRow[] {
  const raised = new RegExp(`raise "limits\\.(${option})" of the server`);
  return [
    fix({ wrong, follows: waits, apply: afterwards }),
    fix({
      name: "by a larger limit",
      wrong,
      follows: raised,
      apply: (world, [name = ""]) => raise(world, { [name]: more }),
    }),
  ];
}

/** A request that is too large, and one that is not. */
const tooLarge = (
  call: Call,
  follows: RegExp,
  mended: Call,
  { name, options = open() }: { readonly name?: string; readonly options?: AgentOSOptions } = {},
): FixRow =>
  fix({
    ...(name === undefined ? {} : { name }),
    wrong: () => ({ options, call }),
    follows,
    apply: (world) => ({ ...world, call: mended }),
  });

const json = (body: unknown): Call => ({
  method: "POST",
  path: "/agents/shop/runs",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const multipart = (name: string): Call => ({
  method: "POST",
  path: "/agents/shop/runs",
  headers: { "content-type": "multipart/form-data; boundary=XX" },
  body: [
    ["message", "hi"],
    ["stream", "false"],
    [name, "x"],
  ]
    .map(([field, value]) => `--XX\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`)
    .concat("--XX--\r\n")
    .join(""),
});
const images = (count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, n) => ({ url: `https://media.test/${n}.png` })));
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

const smallRequest = { agents, limits: { runMebibytes: 0.01 } } satisfies AgentOSOptions;
const state = (bytes: number) => ({ session_state: JSON.stringify({ notes: "x".repeat(bytes) }) });
/** A request with a JSON body, whose length Node does not say by itself for DELETE. */
const asJson = (method: string, body: unknown): Omit<Call, "path"> => {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return { method, body: text, headers: { "content-type": "application/json", "content-length": length } };
};
const remember: Call = { path: "/memories", ...asJson("POST", { memory: "Likes tea", user_id: "alice" }) };
/** One user has all that one may have. */
const fullMemory: NonNullable<World["prepare"]> = async ({ port }) => {
  while ((await send(port, remember)).status === 200);
  return () => undefined;
};

/** A session that has most of what it may have. */
const fullSession: NonNullable<World["prepare"]> = async ({ port }) => {
  await send(port, run({ session_id: "s", session_state: JSON.stringify({ first: "x".repeat(200_000) }) }));
  return () => undefined;
};
const second = (session: string) =>
  run({ session_id: session, session_state: JSON.stringify({ second: "x".repeat(100_000) }) });

export const limitFixes = {
  RUN_CALLER_LIMIT: heldRows(
    async () => ({
      options: closed({ activeRunsPerCaller: 1 }),
      call: await signed(),
      prepare: holdRun(alice),
    }),
    {
      waits: /wait until some of your runs have ended, then send the request again/,
      option: "activeRunsPerCaller",
      more: 10,
    },
  ),
  RUN_SERVER_LIMIT: heldRows(
    async () => ({ options: open({ activeRuns: 1 }), call: run(), prepare: holdRun(nobody) }),
    { waits: /send the request again in a while/, option: "activeRuns", more: 10 },
  ),
  RUN_CALLER_QUEUE: heldRows(
    async () => ({
      options: closed({ activeRuns: 1, activeRunsPerCaller: 1, pendingRunsPerCaller: 1 }),
      call: await asAlice(queued),
      prepare: holdQueue(alice),
    }),
    {
      waits: /wait until some of your runs have begun, or cancel some, then send the request again/,
      option: "pendingRunsPerCaller",
      more: 10,
    },
  ),
  RUN_QUEUE_FULL: heldRows(
    async () => ({
      options: open({ activeRuns: 1, pendingRuns: 1 }),
      call: queued(),
      prepare: holdQueue(nobody),
    }),
    { waits: /send the request again in a while/, option: "pendingRuns", more: 10 },
  ),
  RUN_QUEUE_MEMORY: heldRows(
    async () => ({
      options: open({ activeRuns: 1, pendingMebibytes: 0.01 }),
      call: queued({}, 6_000),
      prepare: holdQueue(nobody, 6_000),
    }),
    { waits: /send the request again in a while/, option: "pendingMebibytes", more: 1 },
  ),
  RUN_CALLER_UNREAD: heldRows(
    async () => ({
      options: closed({ unreadStreamsPerCaller: 1 }),
      call: await signed(),
      prepare: holdStream(alice),
    }),
    {
      waits: /close the streams that you do not need, and read the others to their end/,
      option: "unreadStreamsPerCaller",
      more: 10,
    },
  ),
  RUN_SERVER_UNREAD: heldRows(
    async () => ({ options: open({ unreadStreams: 1 }), call: run(), prepare: holdStream(nobody) }),
    { waits: /let every client read its stream to the end, or close it/, option: "unreadStreams", more: 10 },
  ),
  RUN_CALLER_MEMORY: [
    ...heldRows(
      async () => ({
        options: closed({ runMebibytes: 100, runMebibytesPerCaller: 0.6 }),
        call: await asAlice(large),
        prepare: holdBody(alice, large),
      }),
      { waits: /wait until some of your runs have ended/, option: "runMebibytesPerCaller", more: 10 },
    ),
    fix({
      name: "by a smaller message",
      wrong: async () => ({
        options: closed({ runMebibytes: 100, runMebibytesPerCaller: 0.6 }),
        call: await asAlice(large),
        prepare: holdBody(alice, large),
      }),
      follows: /send smaller messages and files/,
      apply: async (world) => ({ ...world, call: await signed() }),
    }),
  ],
  RUN_SERVER_MEMORY: heldRows(
    async () => ({
      options: open({ runMebibytes: 0.6 }),
      call: large({}),
      prepare: holdBody(nobody, large),
    }),
    { waits: /send the request again in a while/, option: "runMebibytes", more: 10 },
  ),
  RUN_REQUEST_TOO_LARGE: [
    tooLarge(run({ message: "x".repeat(20_000) }), /send a smaller message/, run(), {
      options: smallRequest,
    }),
    fix({
      name: "by a larger limit",
      wrong: () => ({ options: smallRequest, call: run({ message: "x".repeat(20_000) }) }),
      follows:
        /raise "limits\.(runMebibytesPerCaller)" of the server, and "limits\.(runMebibytes)" where that is not larger/,
      apply: (world, [part = "", whole = ""]) => raise(world, { [part]: 10, [whole]: 10 }),
    }),
  ],
  RUN_STATE_TOO_LARGE: [
    tooLarge(run(state(300_000)), /send less in "session_state"/, run(state(1_000))),
    fix({
      name: "by a new session",
      wrong: () => ({ options: open(), call: second("s"), prepare: fullSession }),
      follows: /where the session has most of it already, start a new one, whose state is empty/,
      apply: (world) => ({ ...world, call: second("another") }),
    }),
  ],
  STORE_MEMORIES_FULL: fix({
    wrong: () => ({ options: open(), call: remember, prepare: fullMemory }),
    follows: /delete memories that nobody needs any more, with (DELETE) (\/memories),/,
    apply: (world, [method = "", path = ""]) => ({
      ...world,
      async prepare(served) {
        const undo = await fullMemory(served);
        const { data } = bodyOf(await send(served.port, { path: "/memories?limit=2" }));
        const ids = (data as readonly { readonly memory_id: string }[]).map(({ memory_id }) => memory_id);
        await send(served.port, { path, ...asJson(method, { memory_ids: ids }) });
        return undo;
      },
    }),
  }),
  INPUT_TARGET_TOO_LONG: tooLarge(
    { path: `/agents?filter=${"x".repeat(5_000)}` },
    /send shorter ids in the path and fewer values in the query/,
    { path: "/agents" },
  ),
  INPUT_BODY_TOO_LARGE: [
    tooLarge(run({}, { "content-length": String(30 * MEBIBYTE) }), /to a run, smaller files/, run()),
    tooLarge(
      { path: "/sessions", ...asJson("POST", { session_state: { a: "x".repeat(2 * MEBIBYTE) } }) },
      /send less in it/,
      { path: "/sessions", ...asJson("POST", { session_state: { a: "x" } }) },
      { name: "of a session" },
    ),
    tooLarge(
      run({}, { "content-length": String(30 * MEBIBYTE) }),
      /their addresses as "url" in "images"/,
      run({ images: images(1) }),
      { name: "by addresses" },
    ),
  ],
  INPUT_JSON_TOO_COMPLEX: tooLarge(
    json({ message: "hi", stream: false, session_state: { a: Array.from({ length: 100_000 }, () => 1) } }),
    /send fewer values; data that only a model reads can be one text/,
    json({ message: "hi", stream: false, session_state: { a: [1] } }),
  ),
  INPUT_JSON_TOO_DEEP: fix({
    wrong: () => ({
      options: open(),
      call: json({ message: "hi", stream: false, session_state: { a: nested(60) } }),
    }),
    follows: /send less nesting, (\d+) levels at most/,
    // The body and the state are two of the levels.
    apply: (world, [levels]) => ({
      ...world,
      call: json({ message: "hi", stream: false, session_state: { a: nested(Number(levels) - 2) } }),
    }),
  }),
  INPUT_FIELDS_TOO_MANY: tooLarge(
    run(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`field${n}`, "x"]))),
    /send only fields that a run reads/,
    run(),
  ),
  INPUT_PART_HEADERS_TOO_LARGE: tooLarge(
    multipart("n".repeat(10_000)),
    /shorten the names of fields and files/,
    multipart("note"),
  ),
  INPUT_MEDIA_TOO_MANY: tooLarge(
    run({ images: images(21) }),
    /send fewer of them in one run/,
    run({ images: images(1) }),
  ),
  INPUT_MEDIA_TOO_COMPLEX: tooLarge(
    run({
      images: JSON.stringify([
        { url: "https://media.test/a.png", more: Array.from({ length: 2_000 }, () => 1) },
      ]),
    }),
    /leave every key out of its objects but "id", "(url)"/,
    run({ images: images(1) }),
  ),
} satisfies FixRows<
  Exclude<
    LimitCode,
    | "RUN_SERVER_SOCKETS"
    | "RUN_CALLER_SOCKETS"
    | "RUN_ADDRESS_SOCKETS"
    | "STORE_REVOCATIONS_FULL"
    | "STORE_SESSIONS_FULL"
    | "STORE_UNAVAILABLE"
    | "STORE_BUSY"
    | "STORE_NOT_WRITABLE"
    | "STORE_SPACE_USED_UP"
  >
>;
