/** What fills the room for requests, and the requests that then find none. */
import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import type { AgentOSOptions, LimitOptions, Runnable } from "@agentos/server";
import { type Call, send } from "../support/http.ts";
import type { FixRow } from "./fix-row.ts";
import { agents, callSigned, fix, good, jwtOptions, type World } from "./world.ts";

export const MEBIBYTE = 1024 * 1024;
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
export const run = (fields: Readonly<Record<string, string>> = {}, headers: Headers = {}): Call => ({
  method: "POST",
  path: "/agents/shop/runs",
  body: form(fields),
  headers: { ...FORM, ...headers },
});
export const signed = () => callSigned(good({ scopes: ["agents:run"] }), run());

/** A server without credentials, whose callers share what there is. */
export const open = (limits: LimitOptions = {}): AgentOSOptions => ({
  agents: [...agents, hangs, floods],
  limits,
});
/** A server that knows its callers, and gives each a part. */
export const closed = (limits: LimitOptions): AgentOSOptions => ({ ...open(limits), ...jwtOptions() });

/** The options with some limits raised. */
export const raise = (world: World, limits: LimitOptions): World => ({
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
export const holdRun =
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
export const queued = (own: Headers = {}, length = 2) =>
  run({ message: "x".repeat(length), background: "true" }, own);

/** A run that holds the only place, and another one that waits for it. */
export const holdQueue =
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
export const holdStream =
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
export const holdBody =
  (headers: () => Promise<Headers>, call: (own: Headers) => Call): NonNullable<World["prepare"]> =>
  async ({ port }) => {
    const own = await headers();
    const length = { "content-length": String(400_000) };
    const sent = begin(port, { path: "/agents/shop/runs", body: "message=", headers: { ...own, ...length } });
    await untilRefused(port, call(own));
    return () => void sent.destroy();
  };

export const nobody = async (): Promise<Headers> => ({});
export const alice = async (): Promise<Headers> => {
  const { headers = {} } = await signed();
  return { authorization: headers["authorization"] ?? "" };
};
export const asAlice = async (call: (own: Headers) => Call) => call(await alice());
export const large = (own: Headers) => run({ message: "x".repeat(150_000) }, own);

/** Two ways out: something ends meanwhile, or the operator gives more room. */
export function heldRows(
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
export const tooLarge = (
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

export const json = (body: unknown): Call => ({
  method: "POST",
  path: "/agents/shop/runs",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
export const multipart = (name: string): Call => ({
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
export const images = (count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, n) => ({ url: `https://media.test/${n}.png` })));
export const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

export const smallRequest = { agents, limits: { runMebibytes: 0.01 } } satisfies AgentOSOptions;
export const state = (bytes: number) => ({ session_state: JSON.stringify({ notes: "x".repeat(bytes) }) });
/** A request with a JSON body, whose length Node does not say by itself for DELETE. */
export const asJson = (method: string, body: unknown): Omit<Call, "path"> => {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return { method, body: text, headers: { "content-type": "application/json", "content-length": length } };
};
export const remember: Call = {
  path: "/memories",
  ...asJson("POST", { memory: "Likes tea", user_id: "alice" }),
};
/** One user has all that one may have. */
export const fullMemory: NonNullable<World["prepare"]> = async ({ port }) => {
  while ((await send(port, remember)).status === 200);
  return () => undefined;
};

/** A session that has most of what it may have. */
export const fullSession: NonNullable<World["prepare"]> = async ({ port }) => {
  await send(port, run({ session_id: "s", session_state: JSON.stringify({ first: "x".repeat(200_000) }) }));
  return () => undefined;
};
export const second = (session: string) =>
  run({ session_id: session, session_state: JSON.stringify({ second: "x".repeat(100_000) }) });
