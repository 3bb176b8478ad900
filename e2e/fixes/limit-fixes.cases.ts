/** Requests that there is no room for, and the way out that each prints. */
import type { ControlPlaneCode, LimitCode } from "@agentos/contract";
import { bodyOf, send } from "../support/http.ts";
import type { FixRows } from "./fix-row.ts";
import {
  alice,
  asAlice,
  asJson,
  closed,
  fullMemory,
  fullSession,
  heldRows,
  holdBody,
  holdQueue,
  holdRun,
  holdStream,
  images,
  json,
  large,
  MEBIBYTE,
  multipart,
  nested,
  nobody,
  open,
  queued,
  raise,
  remember,
  run,
  second,
  signed,
  smallRequest,
  state,
  tooLarge,
} from "./limit-world.ts";
import { fix } from "./world.ts";

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
    | ControlPlaneCode
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
