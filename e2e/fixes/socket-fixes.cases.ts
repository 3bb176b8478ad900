/** Refusals of WebSockets, and the way out that each prints. */
import type { LimitCode, RefusalCode } from "@agentos/contract";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { signToken } from "@agentos/testkit";
import { closeSockets, openSocket, type SocketClient, upgrade } from "../support/socket.ts";
import type { FixRow, FixRows, Printed } from "./fix-row.ts";
import { agents, good, ID, jwtOptions } from "./world.ts";

/** An AgentOS, connections that are open already, and those that are opened then. */
interface SocketWorld {
  readonly options: AgentOSOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly held?: Held;
  /** The tokens that are presented on each connection, one after the other. */
  readonly connections: readonly (readonly string[])[];
}

interface Held {
  readonly count: number;
  /** They are authenticated with it. Undefined: nothing is sent. */
  readonly token?: string | undefined;
  /** One of them is closed again. */
  readonly isOneClosed?: boolean;
}

type Told = Pick<Printed, "code" | "fix">;

async function hold(port: number, { count, token, isOneClosed = false }: Held): Promise<void> {
  const clients: SocketClient[] = [];
  while (clients.length < count) {
    const client = await openSocket(port);
    clients.push(client);
    if (token !== undefined) await client.ask({ action: "authenticate", token });
  }
  const [first] = clients;
  if (!isOneClosed || first === undefined) return;
  first.send("no JSON");
  await first.closed;
}

/** What a client is told on one connection. */
async function connect(
  port: number,
  { headers = {}, tokens }: { headers: SocketWorld["headers"]; tokens: readonly string[] },
): Promise<readonly Told[]> {
  const client = await upgrade(port, { headers });
  if ("status" in client) return [JSON.parse(client.text) as Told];
  await client.next();
  const told: Told[] = [];
  for (const token of tokens) {
    const { code, fix } = await client.ask({ action: "authenticate", token });
    if (typeof code === "string" && typeof fix === "string") told.push({ code, fix });
    // The second frame of a success; of a failure there is none.
    else await client.next();
  }
  return told;
}

async function visit({ options, headers, held, connections }: SocketWorld): Promise<readonly Printed[]> {
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const os = new AgentOS({ database: null, id: ID, agents, env: {}, logger: silent, ...options });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  try {
    if (held !== undefined) await hold(server.port, held);
    const told: Told[] = [];
    for (const tokens of connections) told.push(...(await connect(server.port, { headers, tokens })));
    const { records } = await (await os.denials()).list({ kind: "all" }, { limit: 10 });
    return [
      ...told.map(({ code, fix }): Printed => ({ code, fix, place: "answer" })),
      ...records.map(({ code, fix }): Printed => ({ code, fix, place: "record" })),
    ];
  } finally {
    closeSockets();
    await server.close();
  }
}

function row(given: Pick<FixRow<SocketWorld>, "name" | "wrong" | "follows" | "apply">): FixRow {
  const whole: FixRow<SocketWorld> = {
    ...given,
    observe: visit,
    async passes(world) {
      const printed = await visit(world);
      if (printed.length > 0) throw new Error(`the fix leads to ${JSON.stringify(printed, null, 1)}`);
    },
  };
  // As of the usual rows: each keeps its own kind of world.
  return whole as FixRow;
}

const tokenFor = (sub: string, ...scopes: readonly string[]) => signToken(good({ sub, scopes }));
const page = async (origin: string): Promise<SocketWorld> => ({
  options: jwtOptions(),
  headers: { host: "os.test", origin },
  connections: [[await tokenFor("alice", "workflows:run")]],
});
const allow = (world: SocketWorld, origin: string): SocketWorld => ({
  ...world,
  options: { ...world.options, cors: { allowedOrigins: [origin] } },
});

/** A second token on the connection of the first, and the same on a connection of its own. */
const secondToken = (second: () => Promise<string>): FixRow =>
  row({
    wrong: async () => ({
      options: jwtOptions(),
      connections: [[await tokenFor("alice", "workflows:run"), await second()]],
    }),
    follows: /open a new connection, and authenticate it with this token/,
    apply: (world) => ({ ...world, connections: (world.connections[0] ?? []).map((token) => [token]) }),
  });

/** How many connections there may be. */
const MOST = { RUN_SERVER_SOCKETS: 1_000, RUN_CALLER_SOCKETS: 100, RUN_ADDRESS_SOCKETS: 20 } as const;

/** As many as there may be, and one more. */
const oneTooMany = (
  code: keyof typeof MOST,
  {
    name,
    world,
    follows,
    mend,
  }: {
    readonly name?: string;
    readonly world: () => Promise<Omit<SocketWorld, "held"> & { readonly heldToken?: string }>;
    readonly follows: RegExp;
    readonly mend: (held: Held) => Held | Promise<Held>;
  },
): FixRow =>
  row({
    ...(name === undefined ? {} : { name }),
    wrong: async () => {
      const { heldToken, ...rest } = await world();
      return { ...rest, held: { count: MOST[code], token: heldToken } };
    },
    follows,
    apply: async (given) => ({ ...given, held: await mend(given.held ?? { count: 0 }) }),
  });

const closing = (held: Held): Held => ({ ...held, isOneClosed: true });

export const socketFixes = {
  AUTH_SOCKET_ORIGIN_REFUSED: row({
    wrong: () => page("https://app.test"),
    follows: /add "([^"]+)" to "cors\.allowedOrigins"/,
    apply: (world, [origin = ""]) => allow(world, origin),
  }),
  AUTH_SOCKET_ORIGIN_OPAQUE: row({
    wrong: () => page("null"),
    follows: /serve the page over http .*, and add the address that it then has to "cors\.allowedOrigins"/,
    apply: (world) =>
      allow({ ...world, headers: { host: "os.test", origin: "https://app.test" } }, "https://app.test"),
  }),
  AUTH_SOCKET_OTHER_CALLER: secondToken(() => tokenFor("bob", "workflows:run")),
  AUTH_SOCKET_SCOPES_WIDER: secondToken(() => tokenFor("alice", "workflows:run", "agents:run")),
} satisfies Partial<FixRows<RefusalCode>>;

export const socketLimitFixes = {
  RUN_SERVER_SOCKETS: oneTooMany("RUN_SERVER_SOCKETS", {
    world: async () => ({ options: {}, connections: [[]] }),
    follows: /close WebSockets that nobody needs any more, then connect again/,
    mend: closing,
  }),
  RUN_CALLER_SOCKETS: oneTooMany("RUN_CALLER_SOCKETS", {
    world: async () => {
      const heldToken = await tokenFor("alice", "workflows:run");
      return { options: jwtOptions(), heldToken, connections: [[heldToken]] };
    },
    follows: /close WebSockets of yours that you do not need any more, then connect again/,
    mend: closing,
  }),
  RUN_ADDRESS_SOCKETS: [
    oneTooMany("RUN_ADDRESS_SOCKETS", {
      name: "by authenticating",
      world: async () => ({ options: jwtOptions(), connections: [[]] }),
      follows: /send "authenticate" on those that are open/,
      mend: async (held) => ({ ...held, token: await tokenFor("alice", "workflows:run") }),
    }),
    oneTooMany("RUN_ADDRESS_SOCKETS", {
      name: "by closing",
      world: async () => ({ options: jwtOptions(), connections: [[]] }),
      follows: /or close them, then connect again/,
      mend: closing,
    }),
  ],
} satisfies Partial<FixRows<LimitCode>>;
