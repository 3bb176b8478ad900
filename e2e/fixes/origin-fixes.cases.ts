/** Refusals for where a request comes from, and the way out that each prints. */
import type { RefusalCode } from "@agentos/contract";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { signToken } from "@agentos/testkit";
import { bearer, type Call, closeConnections, send } from "../support/http.ts";
import type { FixRow, FixRows, Printed } from "./fix-row.ts";
import {
  agents,
  fix,
  good,
  ID,
  jwtOptions,
  key,
  SECURITY_KEY,
  type World,
  withConfig,
  withEnv,
} from "./world.ts";

type Headers = Readonly<Record<string, string>>;

/** A request to a server without credentials, with one thing about its way that is wrong. */
const openly = (headers: Headers, options: AgentOSOptions = {}): World => ({
  options,
  call: { path: "/agents", headers: { host: "localhost", ...headers } },
});
const withHeaders = (world: World, headers: Headers): World => ({
  ...world,
  call: { path: "/agents", ...world.call, headers: { ...world.call?.headers, ...headers } },
});
/** Undefined takes a header away. */
function without(world: World, name: string): World {
  const { [name]: _, ...headers } = world.call?.headers ?? {};
  return { ...world, call: { path: "/agents", ...world.call, headers } };
}
const allowing = (world: World, origin: string): World => ({
  ...world,
  options: { ...world.options, cors: { allowedOrigins: [origin] } },
});
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** The way out that every refusal of a server without credentials has. */
const bySecurityKey = (wrong: () => World) =>
  fix({
    name: "by a security key",
    wrong,
    follows: /set "(OS_SECURITY_KEY)" at the server and send it in the header "([\w-]+): Bearer KEY"/,
    apply: (world, [variable = "", header = ""]) =>
      withHeaders(withEnv(world, { [variable]: SECURITY_KEY }), { [header]: `Bearer ${SECURITY_KEY}` }),
  });

/** The same of a server that believes every token. */
const byVerifying = (headers: Headers, options: AgentOSOptions = {}) =>
  fix({
    name: "by verifying tokens",
    wrong: async () => withHeaders(openly(headers, options), bearer(await signToken(good()))),
    follows: /remove "(validate): false", and set "(verificationKeys)" to the public key of your issuer/,
    apply: (world, [validate = "", keys = ""]) =>
      withConfig(world, { [validate]: undefined, [keys]: [key.verificationKey] }),
  });
const unverified: AgentOSOptions = {
  authorizationConfig: { validate: false, unsafe: { allowUnverifiedTokens: true } },
};

const PROXY = ["127.0.0.1"];
const far = () => openly({ "x-forwarded-for": "203.0.113.9" }, { trustedProxies: PROXY });

/** A request in this process. */
interface InProcess {
  readonly options: AgentOSOptions;
  readonly headers: Headers;
  readonly env?: { readonly clientAddress: string };
}

async function ask({ options, headers, env }: InProcess) {
  const os = new AgentOS({ database: null, id: ID, agents, env: {}, logger: silent, ...options });
  const answer = await os.fetch(new Request("http://localhost/agents", { headers }), env);
  const body = (await answer.json()) as { readonly code?: string; readonly fix?: string };
  await os.close();
  return { status: answer.status, code: body.code ?? "", fix: body.fix ?? "" };
}

function inProcess(row: Pick<FixRow<InProcess>, "name" | "wrong" | "follows" | "apply">): FixRow {
  const whole: FixRow<InProcess> = {
    ...row,
    observe: async (world) => {
      const { status, code, fix: text } = await ask(world);
      return status < 400 ? [] : [{ code, fix: text, place: "answer" }];
    },
    passes: async (world) => {
      const { status, code } = await ask(world);
      if (status !== 200) throw new Error(`the fix leads to ${status} ${code}`);
    },
  };
  // As of the usual rows: each keeps its own kind of world.
  return whole as FixRow;
}

/** A page whose browser keeps the answer: the operator reads the record, and the page passes once it may read. */
async function browse({ options, call = { path: "/agents" } }: World) {
  const os = new AgentOS({ database: null, id: ID, agents, env: {}, logger: silent, ...options });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  const asked: Call = {
    ...call,
    method: "OPTIONS",
    headers: { ...call.headers, "access-control-request-method": "GET" },
  };
  const answer = await send(server.port, asked);
  const { records } = await (await os.denials()).list({ kind: "all" }, { limit: 10 });
  closeConnections();
  await server.close();
  return {
    isReadable: answer.headers["access-control-allow-origin"] === call.headers?.["origin"],
    printed: records.map(({ code, fix: text }): Printed => ({ code, fix: text, place: "record" })),
  };
}

function inBrowser(row: Pick<FixRow<World>, "name" | "wrong" | "follows" | "apply">): FixRow {
  const whole: FixRow<World> = {
    ...row,
    observe: async (world) => (await browse(world)).printed,
    passes: async (world) => {
      if (!(await browse(world)).isReadable) throw new Error("the page cannot read the answer");
    },
  };
  return whole as FixRow;
}

const page = (origin: string): World => ({
  options: jwtOptions(),
  call: { path: "/agents", headers: { host: "os.test", origin } },
});

const cookieCall = async (headers: Headers): Promise<Call> => ({
  method: "POST",
  path: "/agents/shop/runs",
  body: "message=hi&stream=false",
  headers: { cookie: `access_token=${await signToken(good({ scopes: ["agents:run"] }))}`, ...headers },
});
const withCookie = async (): Promise<World> => ({
  options: jwtOptions({ tokenSource: "both" }),
  call: await cookieCall({ origin: "https://app.test" }),
});

export const originFixes = {
  AUTH_HOST_NOT_ALLOWED: [
    fix({
      wrong: () => openly({ host: "os.test" }),
      follows: /call it as (localhost) or 127\.0\.0\.1/,
      apply: (world, [host = ""]) => withHeaders(world, { host }),
    }),
    bySecurityKey(() => openly({ host: "os.test" })),
    byVerifying({ host: "os.test" }, unverified),
  ],
  AUTH_PROXY_NOT_ALLOWED: [
    fix({
      wrong: () => openly({ via: "1.1 proxy" }),
      follows: /call it without the proxy, from this machine/,
      apply: (world) => without(world, "via"),
    }),
    bySecurityKey(() => openly({ "cf-connecting-ip": "203.0.113.9" })),
    byVerifying({ "x-forwarded-proto": "https" }, unverified),
  ],
  AUTH_PEER_NOT_LOCAL: [
    fix({
      wrong: far,
      follows: /call it from the machine that it runs on/,
      apply: (world) => withHeaders(world, { "x-forwarded-for": "127.0.0.1" }),
    }),
    bySecurityKey(far),
    byVerifying({ "x-forwarded-for": "203.0.113.9" }, { ...unverified, trustedProxies: PROXY }),
  ],
  AUTH_PEER_UNKNOWN: [
    inProcess({
      wrong: () => ({ options: {}, headers: {} }),
      follows: /`fetch\(request, \{ clientAddress: "([\d.]+)" \}\)`/,
      apply: (world, [clientAddress = ""]) => ({ ...world, env: { clientAddress } }),
    }),
    inProcess({
      name: "by a security key",
      wrong: () => ({ options: {}, headers: {} }),
      follows: /set "(OS_SECURITY_KEY)" at the server and send it in the header "([\w-]+): Bearer KEY"/,
      apply: (_, [variable = "", header = ""]) => ({
        options: { env: { [variable]: SECURITY_KEY } },
        headers: { [header]: `Bearer ${SECURITY_KEY}` },
      }),
    }),
  ],
  AUTH_ORIGIN_NOT_ALLOWED: fix({
    wrong: () => openly({ origin: "https://app.test" }),
    follows:
      /add the origin of the page to "cors\.allowedOrigins", as the header "(Origin)" of the request has it/,
    apply: (world, [name = ""]) => allowing(world, world.call?.headers?.[name.toLowerCase()] ?? ""),
  }),
  AUTH_ORIGIN_OPAQUE: fix({
    wrong: () => openly({ origin: "null" }),
    follows: /serve the page over http .*, and add the address that it then has to "cors\.allowedOrigins"/,
    apply: (world) =>
      allowing(withHeaders(world, { origin: "http://localhost:8080" }), "http://localhost:8080"),
  }),
  AUTH_SITE_NOT_ALLOWED: fix({
    wrong: () => openly({ "sec-fetch-site": "cross-site" }),
    follows: /open the address in the browser yourself/,
    // What browsers send for an address that was typed.
    apply: (world) => withHeaders(world, { "sec-fetch-site": "none" }),
  }),
  AUTH_CORS_ORIGIN_REFUSED: inBrowser({
    wrong: () => page("https://app.test"),
    follows: /add "([^"]+)" to "cors\.allowedOrigins"/,
    apply: (world, [origin = ""]) => allowing(world, origin),
  }),
  AUTH_CORS_ORIGIN_OPAQUE: inBrowser({
    wrong: () => page("null"),
    follows: /serve the page over http .*, and add the address that it then has to "cors\.allowedOrigins"/,
    apply: (world) => allowing({ ...world, ...page("http://localhost:8080") }, "http://localhost:8080"),
  }),
  AUTH_COOKIE_CROSS_SITE: [
    fix({
      wrong: withCookie,
      follows: /send the token in the header "([\w-]+): Bearer TOKEN"/,
      apply: async (world, [name = ""]) => {
        const token = await signToken(good({ scopes: ["agents:run"] }));
        const { cookie: _, ...headers } = (await cookieCall({ origin: "https://app.test" })).headers ?? {};
        const call = { ...(await cookieCall({})), headers: { ...headers, [name]: `Bearer ${token}` } };
        return { ...world, call };
      },
    }),
    fix({
      name: "by allowing the page",
      wrong: withCookie,
      follows: /add the origin of the page to "cors\.allowedOrigins"/,
      apply: (world) => allowing(world, "https://app.test"),
    }),
  ],
} satisfies Partial<FixRows<RefusalCode>>;
