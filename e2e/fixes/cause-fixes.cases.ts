// LENGTH: one table; its rows are read side by side.
/** Causes that the doctor names, and the way out that each prints. */
import type { RequestListener } from "node:http";
import type { CauseCode, ControlPlaneCode } from "@agentos/contract";
import { AgentOS } from "@agentos/server";
import {
  createTestCertificate,
  createTestKey,
  signToken,
  type TokenParts,
  withHeader,
} from "@agentos/testkit";
import { serveProcess } from "../support/serve-process.ts";
import { type DoctorWorld, doctorFix, runCommand, runIn } from "./doctor-world.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import { listen, stopListening } from "./key-tools.ts";
import { agents, good, ID, jwtOptions, key, now, otherKey, SECURITY_KEY, secret } from "./world.ts";

const otherSecret = await createTestKey("HS256");
const SERVICE_TOKEN = "agno_pat_abcdefghijklmnopqrstuvwxyz0123456789";
const KNOWN_TOKEN = "agno_pat_9876543210zyxwvutsrqponmlkjihgfedcba";
const jwt = { ours: jwtOptions() };
const hmac = { ours: jwtOptions({ verificationKeys: [secret.verificationKey], algorithm: "HS256" }) };
const hs256 = (): TokenParts => ({ ...withHeader(good(), { alg: "HS256", kid: undefined }), key: secret });
const ASK = ["doctor", "URL", "--token", "-"];
const asked = (world: Pick<DoctorWorld, "server" | "token"> & Partial<DoctorWorld>): DoctorWorld => ({
  args: ASK,
  stdin: "TOKEN",
  ...world,
});
const withScopes = (scopes: readonly unknown[], route = "GET /agents"): DoctorWorld =>
  asked({ server: jwt, token: good({ scopes }), args: [...ASK, "--route", route] });
/** Writes one scope in the place of another, in the token. */
const rename =
  (from: string) =>
  (world: DoctorWorld, [to = ""]: readonly string[]): DoctorWorld => ({
    ...world,
    token: good({ scopes: ["config:read", to].filter((scope) => scope !== from) }),
  });

/** A slip in a scope, found and corrected. */
const slip = (written: string): FixRow =>
  doctorFix({
    wrong: () => withScopes(["config:read", written]),
    follows: /"([a-z]+:[a-z]+)" where the token is issued/,
    apply: rename(written),
  });

/** What an AgentOS answers, behind something that answers some paths in its place. */
function proxy(answersItself: (path: string) => string | undefined): RequestListener {
  const os = new AgentOS({
    database: null,
    id: ID,
    agents,
    env: {},
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
    ...jwtOptions(),
  });
  return (request, response) => {
    const page = answersItself(request.url ?? "");
    if (page !== undefined) {
      response.writeHead(200, { "content-type": "text/html" }).end(page);
      return;
    }
    const { authorization } = request.headers;
    const headers = { host: "localhost", ...(authorization === undefined ? {} : { authorization }) };
    const incoming = new Request(`http://localhost${request.url}`, { headers });
    void (async () => {
      const answer = await os.fetch(incoming);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    })();
  };
}

const whole = () => proxy(() => undefined);

/** A proxy that takes this path away and passes everything on. */
const forward =
  (target: string, prefix = ""): RequestListener =>
  ({ url = "", headers }, response) => {
    if (!url.startsWith(prefix)) {
      response.writeHead(404).end("no such page");
      return;
    }
    const { authorization } = headers;
    const sent = authorization === undefined ? {} : { authorization };
    void (async () => {
      try {
        const answer = await fetch(`${target}${url.slice(prefix.length)}`, { headers: sent });
        const body = await answer.text();
        const type = answer.headers.get("content-type") ?? "text/plain";
        response.writeHead(answer.status, { "content-type": type }).end(body);
      } catch {
        response.destroy();
      }
    })();
  };
const redirect =
  (target: string): RequestListener =>
  ({ url }, response) =>
    void response.writeHead(301, { location: `${target}${url}` }).end();

const addressOf = ({ server }: DoctorWorld): string => ("at" in server ? server.at : "");
const portOf = (world: DoctorWorld): number => Number(new URL(addressOf(world)).port);
/** The same request, at another address. */
const askAt = (world: DoctorWorld, [address = ""]: readonly string[]): DoctorWorld => ({
  ...world,
  args: world.args.map((arg) => arg.replace("URL", address)),
});

/** An address where nothing listens is asked. */
async function closedAddress(): Promise<DoctorWorld> {
  const at = await listen(() => undefined);
  await stopListening(at);
  return asked({ server: { at }, token: good() });
}

/** The same, while the AgentOS runs on another port. */
function misdirected(): FixRow {
  let os = "";
  return doctorFix({
    name: "it runs on another port",
    async wrong() {
      os = await listen(whole());
      return closedAddress();
    },
    follows: /or correct host and port/,
    apply: (world) => askAt(world, [os]),
  });
}

/** A stranger is asked; the AgentOS is at the one of the person's addresses that answers as the fix says. */
function addressed(name: string, publish: (os: string) => Promise<string>): FixRow {
  let known: readonly string[] = [];
  return doctorFix({
    name,
    async wrong() {
      const stranger = await listen((_, response) => void response.end("hello"));
      known = [stranger, await publish(await listen(whole()))];
      return asked({ server: { at: stranger }, token: good() });
    },
    follows: /correct the host, the port or the path .* answers GET (\/info) with "(\w+)"/,
    async apply(world, [path = "", member = ""]) {
      const answers = await Promise.all(
        known.map(async (address) =>
          (await (await fetch(`${address}${path}`)).text()).includes(`"${member}"`),
        ),
      );
      return askAt(
        world,
        known.filter((_, index) => answers[index]),
      );
    },
  });
}

/** A program that answers nothing any more once it was asked for /block, until it is started anew. */
function blockable(next: RequestListener): RequestListener {
  let isBlocked = false;
  return (request, response) => {
    if (request.url === "/block") {
      isBlocked = true;
      response.end();
    } else if (!isBlocked) next(request, response);
  };
}

/** An AgentOS behind a proxy, of which one hangs; which one, only asking can tell. */
function slow(which: "the proxy" | "the server"): FixRow {
  let server = "";
  const start = (program: string, port = 0) =>
    listen(blockable(program === "server" ? whole() : forward(server)), { port });
  return doctorFix({
    name: `${which} hangs`,
    async wrong() {
      server = await start("server");
      const front = await start("proxy");
      await fetch(`${which === "the proxy" ? front : server}/block`);
      return asked({ server: { at: front }, token: good() });
    },
    follows: /at its own address, past any proxy: if it answers there, restart the (\w+), else the (\w+)/,
    async apply(world, [ifAnswered = "", otherwise = ""]) {
      const { printed } = await runIn({ ...world, server: { at: server } });
      const isSilent = printed.some(({ code }) => code === "CLI_SERVER_SLOW");
      const program = isSilent ? otherwise : ifAnswered;
      const address = program === "server" ? server : addressOf(world);
      await stopListening(address);
      await start(program, Number(new URL(address).port));
      return world;
    },
  });
}

const certificate = createTestCertificate({ names: ["127.0.0.1"] });
const bothOn = {
  id: ID,
  agents: [],
  securityKey: SECURITY_KEY,
  authorization: { verificationKeys: [key.verificationKey] },
};
const configured = (config: object): DoctorWorld => ({
  server: { nobody: true },
  args: ["doctor", "--config", "agentos.json", "--token", "-"],
  files: { "agentos.json": JSON.stringify(config) },
  stdin: "TOKEN",
  token: SECURITY_KEY,
});

/** A refusal of its own server, asked for by its id. */
const askRecord = async ({ url }: { readonly url: string }, refused: TokenParts) => {
  const headers = { authorization: `Bearer ${await signToken(refused)}` };
  const answer = await fetch(`${url}/agents`, { headers });
  const { denial_id: id } = (await answer.json()) as { readonly denial_id: string };
  return { args: ["denials", "show", id, "--url", url, "--token", "-"] };
};

export const causeFixes = {
  AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY: [
    doctorFix({
      name: "at the issuer",
      wrong: () => asked({ server: jwt, token: hs256() }),
      follows: /sign with the private key that belongs to the server's public key/,
      apply: (world) => ({ ...world, token: good() }),
    }),
    doctorFix({
      name: "at the server",
      wrong: () => asked({ server: jwt, token: hs256() }),
      follows: /give the server the secret in place of that key, with "(\w+)" set to "(\w+)"/,
      apply: (world, [option = "", value = ""]) => ({
        ...world,
        server: { ours: jwtOptions({ verificationKeys: [secret.verificationKey], [option]: value }) },
      }),
    }),
  ],
  AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET: [
    doctorFix({
      name: "at the server",
      wrong: () => asked({ server: hmac, token: good() }),
      follows: /give the server the public key in place of its secret, with "(\w+)" set to "(\w+)"/,
      apply: (world, [option = "", value = ""]) => ({
        ...world,
        server: { ours: jwtOptions({ [option]: value }) },
      }),
    }),
    doctorFix({
      name: "at the issuer",
      wrong: () => asked({ server: hmac, token: good() }),
      follows: /sign with that secret \(HS256\)/,
      apply: (world) => ({ ...world, token: hs256() }),
    }),
  ],
  AUTH_SIGNED_BY_ANOTHER_KEY: doctorFix({
    wrong: () => asked({ server: jwt, token: { ...withHeader(good(), { kid: undefined }), key: otherKey } }),
    follows: /give the server the issuer's current key/,
    apply: (world) => ({
      ...world,
      server: { ours: jwtOptions({ verificationKeys: [otherKey.verificationKey] }) },
    }),
  }),
  AUTH_SIGNED_WITH_ANOTHER_SECRET: doctorFix({
    wrong: () => asked({ server: hmac, token: { ...hs256(), key: otherSecret } }),
    follows: /(token inspect TOKEN --key file:secret.txt --algorithm HS256)`/,
    async apply(world, [command = ""]) {
      const token = await signToken({ ...hs256(), key: otherSecret });
      const args = command.split(" ").map((word) => (word === "TOKEN" ? token : word));
      const say = (text: string) => runCommand(args, { files: { "secret.txt": text } });
      const [wrong, right] = [await say(secret.verificationKey), await say(otherSecret.verificationKey)];
      if (wrong.code !== 2 || right.code !== 0)
        throw new Error(`${wrong.stdout}${right.stdout}${right.stderr}`);
      const keys = { verificationKeys: [otherSecret.verificationKey], algorithm: "HS256" };
      return { ...world, server: { ours: jwtOptions(keys) } };
    },
  }),
  AUTH_CLOCKS_DIFFER: doctorFix({
    wrong: () =>
      asked({
        server: { python: { clockAhead: 7_200 } },
        token: good({ iat: now() - 60, exp: now() + 1_800 }),
      }),
    follows: /synchronise (this machine and the server) with a time server/,
    apply: (world) => ({ ...world, server: { python: { clockAhead: 0 } } }),
  }),
  AUTH_TOKEN_NEVER_VALID: doctorFix({
    wrong: () => asked({ server: jwt, token: good({ iat: now() - 60, exp: now() - 120 }) }),
    follows: /issue the token with "exp" after "iat"/,
    apply: (world) => ({ ...world, token: good({ iat: now() - 60, exp: now() + 120 }) }),
  }),
  AUTH_HEADER_MALFORMED: doctorFix({
    wrong: () => asked({ server: { python: {} }, token: "Basic YWxpY2U6c2VjcmV0" }),
    follows: /send "Authorization: Bearer TOKEN"/,
    apply: (world) => ({ ...world, token: good() }),
  }),
  AUTH_CREDENTIAL_LOST: [
    doctorFix({
      name: "a proxy removes it",
      wrong: () => asked({ server: { python: { losesHeader: true } }, token: good() }),
      follows: /let every proxy in between pass the credential on/,
      apply: (world) => ({ ...world, server: { python: {} } }),
    }),
    doctorFix({
      name: "the server reads it elsewhere",
      wrong: () =>
        asked({ server: { ours: jwtOptions({ tokenSource: "cookie", cookieName: "sid" }) }, token: good() }),
      follows: /use `(--cookie) (\w+)`/,
      apply: (world, words) => ({ ...world, args: [...world.args, ...words] }),
    }),
  ],
  AUTH_SERVER_TOO_OLD: [
    doctorFix({
      name: "upgrade it",
      wrong: () =>
        asked({
          server: {
            python: { mode: "security_key", securityKey: SECURITY_KEY, version: "2.3.12", hasInfo: true },
          },
          token: good(),
        }),
      follows: /upgrade the server to ([\d.]+) or later and give it the key that verifies the JWT/,
      apply: (world, [version = ""]) => ({ ...world, server: { python: { mode: "jwt", version } } }),
    }),
    doctorFix({
      name: "send its security key",
      wrong: () =>
        asked({
          server: {
            python: { mode: "security_key", securityKey: SECURITY_KEY, version: "2.3.12", hasInfo: true },
          },
          token: good(),
        }),
      follows: /send its security key instead/,
      apply: (world) => ({ ...world, token: SECURITY_KEY }),
    }),
  ],
  AUTH_SECURITY_KEY_WITH_JWT: [
    doctorFix({
      name: "JWT only",
      wrong: () => configured(bothOn),
      follows:
        /use JWT only: send a token, and take the security key away \("OS_SECURITY_KEY", or "(\w+)" in the configuration\)/,
      apply: (world, [option = ""]) => {
        const { [option as "securityKey"]: _, ...config } = bothOn;
        return { ...world, ...configured(config), token: good() };
      },
    }),
    doctorFix({
      name: "the security key only",
      wrong: () => configured(bothOn),
      follows:
        /use the security key only: take every JWT key away .*the whole "(\w+)" part of the configuration/,
      apply: (world, [part = ""]) => {
        const { [part as "authorization"]: _, ...config } = bothOn;
        return { ...world, ...configured(config) };
      },
    }),
  ],
  AUTH_SERVICE_ACCOUNT_REFUSED: doctorFix({
    wrong: () =>
      asked({
        server: { python: { serviceAccounts: "refused", knownServiceToken: KNOWN_TOKEN } },
        token: SERVICE_TOKEN,
      }),
    follows: /make a new token/,
    apply: (world) => ({ ...world, token: KNOWN_TOKEN }),
  }),
  AUTH_THROTTLED: doctorFix({
    wrong: () =>
      asked({
        server: { python: { serviceAccounts: "throttled", knownServiceToken: KNOWN_TOKEN } },
        token: SERVICE_TOKEN,
      }),
    follows: /^send a valid credential: it is let in at once/,
    apply: (world) => ({ ...world, token: KNOWN_TOKEN }),
  }),
  AUTH_DATABASE_UNAVAILABLE: doctorFix({
    wrong: () => asked({ server: { python: { serviceAccounts: "down" } }, token: KNOWN_TOKEN }),
    follows: /try again later/,
    apply: (world) => ({ ...world, server: { python: { knownServiceToken: KNOWN_TOKEN } } }),
  }),
  SCOPE_MISSPELT: slip("agent:read"),
  SCOPE_CASE_WRONG: slip("Agents:read"),
  SCOPE_SEPARATOR_WRONG: slip("agents.read"),
  SCOPE_WILDCARD_UNKNOWN: doctorFix({
    wrong: () => withScopes(["config:read", "agents:*"]),
    follows: /name the action: "([a-z]+:[a-z]+)"/,
    apply: rename("agents:*"),
  }),
  SCOPE_ENTRIES_JOINED: doctorFix({
    wrong: () => withScopes(["config:read agents:read"]),
    follows: /write each scope as an entry of its own \("(scopes)": \["a:b", "c:d"\]\)/,
    apply: (world, [claim = ""]) => ({ ...world, token: good({ [claim]: ["config:read", "agents:read"] }) }),
  }),
  SCOPE_CLAIM_OTHER: [
    doctorFix({
      name: "at the issuer",
      wrong: () => ({
        ...withScopes(["config:read"]),
        token: good({ scopes: ["config:read"], roles: ["agents:read"] }),
      }),
      follows: /let the issuer write them into "(\w+)"/,
      apply: (world, [claim = ""]) => ({
        ...world,
        token: good({ [claim]: ["config:read", "agents:read"] }),
      }),
    }),
    doctorFix({
      name: "at the server",
      wrong: () => ({
        ...withScopes(["config:read"]),
        token: good({ scopes: ["config:read"], roles: ["agents:read"] }),
      }),
      follows: /set "(\w+)" to "(\w+)" on the server/,
      apply: (world, [option = "", claim = ""]) => ({
        ...world,
        server: { ours: jwtOptions({ [option]: claim }) },
      }),
    }),
  ],
  SCOPE_PREREQUISITE_MISSING: doctorFix({
    wrong: () => withScopes(["agents:read"], "GET /config"),
    follows: /give the caller the scope "([a-z:]+)" as well/,
    apply: (world, [scope = ""]) => ({ ...world, token: good({ scopes: ["agents:read", scope] }) }),
  }),
  KEY_REPAIRED: doctorFix({
    wrong: () => ({
      server: { nobody: true },
      args: ["doctor"],
      env: {
        AUTHORIZATION_ENABLED: "true",
        JWT_VERIFICATION_KEY: key.verificationKey.replaceAll("\n", "\\n"),
      },
    }),
    follows: /as `[^`]*(keys env FILE)` prints it/,
    async apply(world, [command = ""]) {
      const args = command.replace("FILE", "public.pem").split(" ");
      const { stdout } = await runCommand(args, { files: { "public.pem": key.verificationKey } });
      const [, name = "", value = ""] = /^(\w+)=["']?([^"'\n]*)["']?\n$/.exec(stdout) ?? [];
      return { ...world, env: { ...world.env, [name]: value } };
    },
    async passes({ env }) {
      const { url, text, stop } = await serveProcess({ env });
      try {
        const headers = { authorization: `Bearer ${await signToken(good())}` };
        const { status } = await fetch(`${url ?? ""}/agents`, { headers });
        if (status !== 200) throw new Error(`the fix leads to ${status}: ${text}`);
      } finally {
        await stop();
      }
    },
  }),
  CLI_SERVER_UNREACHABLE: [
    doctorFix({
      name: "nothing runs there",
      wrong: () => closedAddress(),
      follows: /start what is to answer there/,
      // On the very port that was asked.
      apply: (world) => ({ ...world, server: { ...jwt, port: portOf(world) } }),
    }),
    misdirected(),
  ],
  CLI_SERVER_SLOW: [slow("the proxy"), slow("the server")],
  CLI_SERVER_NOT_AGENTOS: [
    addressed("another port", (os) => Promise.resolve(os)),
    addressed("an unusual path", async (os) => `${await listen(forward(os, "/internal"))}/internal`),
  ],
  CLI_PATH_PREFIX_WRONG: doctorFix({
    wrong: () => asked({ server: { python: { prefix: "/api" } }, token: good() }),
    follows: /give the address with the path (\/\w+);/,
    apply: (world, [path = ""]) => ({
      ...world,
      args: world.args.map((arg) => (arg === "URL" ? `URL${path}` : arg)),
    }),
  }),
  CLI_SERVER_REDIRECTS: [
    doctorFix({
      name: "to https",
      wrong: async () => ({
        ...asked({ server: { stub: redirect(await listen(whole(), { tls: certificate })) }, token: good() }),
        files: { "ca.pem": certificate.certificate },
        env: { NODE_EXTRA_CA_CERTS: "ca.pem" },
      }),
      follows: /give the address (https:\/\/\S+)$/,
      apply: askAt,
    }),
    doctorFix({
      name: "to another address",
      wrong: async () =>
        asked({ server: { at: await listen(redirect(await listen(whole()))) }, token: good() }),
      follows: /give the final address/,
      async apply(world) {
        const { url } = await fetch(`${addressOf(world)}/info`);
        return askAt(world, [url.replace(/\/info$/, "")]);
      },
    }),
  ],
  CLI_ROUTE_UNKNOWN: doctorFix({
    wrong: () => asked({ server: jwt, token: good(), args: [...ASK, "--route", "GET /api/agents"] }),
    follows: /ask for (\/\w+):/,
    apply: (world, [path = ""]) => ({ ...world, args: [...ASK, "--route", `GET ${path}`] }),
  }),
  CLI_ITEM_UNKNOWN: doctorFix({
    wrong: () => asked({ server: jwt, token: good(), args: [...ASK, "--route", "GET /agents/nobody"] }),
    follows: /take the id from the list of the same path without it/,
    apply: (world) => ({
      ...world,
      async prepare({ url }) {
        const headers = { authorization: `Bearer ${await signToken(good())}` };
        const list = (await (await fetch(`${url}/agents`, { headers })).json()) as readonly {
          readonly id: string;
        }[];
        return { args: [...ASK, "--route", `GET /agents/${list[0]?.id}`] };
      },
    }),
  }),
  CLI_VARIABLE_UNREAD: doctorFix({
    wrong: async () => ({
      server: jwt,
      args: ["doctor", 'curl URL/agents -H "Authorization: Bearer $MY_KEY"'],
      env: { MY_KEY: await signToken(good()) },
    }),
    follows: /give the token beside the line: `(--token) (env:\w+)`/,
    apply: (world, option) => ({ ...world, args: [...world.args, ...option] }),
  }),
  CLI_DENIAL_UNKNOWN: doctorFix({
    wrong: () => ({
      server: jwt,
      args: [],
      stdin: "TOKEN",
      token: good(),
      prepare: (running) => askRecord(running, good({ sub: "eve", scopes: [] })),
    }),
    follows: /ask with a credential that holds "([a-z:]+)"/,
    apply: (world, [scope = ""]) => ({ ...world, token: good({ scopes: [scope] }) }),
  }),
  CLI_DENIALS_NOT_SERVED: doctorFix({
    wrong: () => ({
      server: { python: {} },
      args: ["denials", "show", "den_1", "--url", "URL", "--token", "-"],
      stdin: "TOKEN",
      token: good(),
    }),
    follows: /`[^`]*(doctor -) < answer\.json`/,
    apply: (world, [command = ""]) => ({
      ...world,
      args: command.split(" "),
      stdin: '{"detail":"Token has expired"}',
    }),
    async passes(world) {
      const { printed } = await runIn(world);
      if (printed[0]?.code !== "AUTH_TOKEN_EXPIRED") throw new Error(JSON.stringify(printed));
    },
  }),
  CLI_ANSWER_UNKNOWN: doctorFix({
    wrong: () =>
      asked({
        server: {
          stub: proxy((path) => (path.startsWith("/agents") ? "<title>Sign in</title>" : undefined)),
        },
        token: good(),
      }),
    follows: /let requests with a token pass it/,
    apply: (world) => ({ ...world, server: { stub: proxy(() => undefined) } }),
  }),
} satisfies FixRows<Exclude<CauseCode, ControlPlaneCode>>;
