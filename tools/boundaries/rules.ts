// The import arrows of the repository as data. Nothing else decides what may import what.
// To change an arrow, write a decision note first: these rows are the design.

/** Unit (package, app or folder) -> the workspace packages it may import. `*` means any published entry. */
export const packageArrows: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  auth: ["contract"],
  guard: ["contract", "auth"],
  storage: ["contract"],
  server: ["contract", "auth", "guard", "storage"],
  "control-plane": ["contract", "auth", "guard", "storage"],
  client: ["contract"],
  console: ["contract", "client"],
  cli: ["contract", "auth", "guard", "storage", "server", "control-plane", "client"],
  testkit: ["contract"],
  tools: ["*"],
  examples: ["*"],
  bench: ["*", "testkit"],
  e2e: ["*", "testkit"],
};

/** Packages that only tests, bench and e2e may import: shipping code never holds test keys. */
export const testOnlyPackages: readonly string[] = ["testkit"];

/** Entries that a unit may not import although the package arrow allows it, each with its reason. */
export const forbiddenEntries: readonly { unit: string; entry: string; reason: string }[] = [
  { unit: "guard", entry: "@agentos/auth/mint", reason: "a guard that cannot sign cannot forge" },
  { unit: "server", entry: "@agentos/auth/mint", reason: "a server that cannot sign cannot forge" },
];

/** Files that a unit may import although they are no published entry, each row with its reason. */
export const openFiles: readonly { unit: string; files: readonly string[]; reason: string }[] = [
  {
    unit: "tools",
    files: [
      "packages/cli/src/commands/program.ts",
      "packages/cli/src/config/build-agents.ts",
      "packages/cli/src/config/config-faults.ts",
      "packages/cli/src/config/config-schema.ts",
      "packages/cli/src/config/find-unavailable.ts",
      "packages/cli/src/config/scan-json.ts",
    ],
    reason: "the docs are judged by what they document; publishing a parser for that would be an API (0035)",
  },
  {
    unit: "tools",
    files: [
      "packages/guard/src/app/request-line.ts",
      "packages/guard/src/revocations/revocation-store.ts",
      "packages/guard/src/sockets/socket-limits.ts",
      "packages/server/src/agents/agent-limits.ts",
      "packages/server/src/memories/memory-limits.ts",
      "packages/server/src/runs/form/form-limits.ts",
      "packages/server/src/runs/read-decisions.ts",
      "packages/server/src/runs/request-hash.ts",
      "packages/server/src/runs/run-limits.ts",
    ],
    reason: "the limits of the docs are the constants themselves; published, they would be an API",
  },
  {
    unit: "e2e",
    files: ["tools/browser/drive.ts"],
    reason: "what drives a browser is installed in that folder alone, by who runs the tests",
  },
  {
    unit: "e2e",
    files: ["apps/console/src/lib/refusal-fixes.ts"],
    reason: "the stories are typed by the list of buttons, so that one without a story does not compile",
  },
  {
    unit: "server",
    files: [
      "packages/guard/src/decisions/decision-counter.suite.ts",
      "packages/guard/src/decisions/key-counter.suite.ts",
      "packages/guard/src/denials/denial-recorder.suite.ts",
      "packages/guard/src/revocations/revocation-store.suite.ts",
    ],
    reason: "the suite beside a port runs for each of its drivers, and those in a database are the server's",
  },
];

/** Units without Node: clock, random, environment and files are passed in, so the code is portable and pure. */
export const unitsWithoutNode: readonly string[] = ["contract", "auth", "client", "console"];

/** Units whose outside dependencies are a closed list; adding to it needs a decision note. */
export const allowedOutsidePackages: Readonly<Record<string, readonly string[]>> = {
  contract: ["zod"],
  auth: ["jose"],
  // Not `ai`: docs/decisions/0047-the-provider-interface.md.
  server: ["@ai-sdk/provider", "ajv", "kysely", "zod", "zod-openapi"],
  storage: ["kysely", "pg"],
  "control-plane": ["better-auth", "ipaddr.js", "kysely", "zod"],
  client: ["eventsource-parser"],
  // docs/decisions/0090-console.md
  console: [
    "@base-ui/react",
    "@tanstack/react-query",
    "@tanstack/react-router",
    "@tanstack/react-virtual",
    "lucide-react",
    "react",
    "react-dom",
    "streamdown",
  ],
  testkit: ["jose", "pg", "rolldown"],
};

/** Packages that one file alone may import, each row with its reason. Tests are no exception. */
export const packagesOfOneFile: readonly { name: string; files: readonly string[]; reason: string }[] = [
  {
    name: "better-auth",
    files: [
      "packages/control-plane/src/sign-in/better-auth.ts",
      // What it expects of our tables is held against them.
      "packages/control-plane/src/sign-in/better-auth.test.ts",
    ],
    reason: "its settings are decisions of safety, and stand in one file (docs/decisions/0081-signing-in.md)",
  },
];

/** Tests may use these anywhere, whatever the lists above say. */
export const testPackages: readonly string[] = [
  "vitest",
  "fast-check",
  "jose",
  // Real providers, of each version of the provider interface.
  "@ai-sdk/anthropic",
  "@ai-sdk/google",
  "@ai-sdk/openai",
  "@ai-sdk/openai-compatible",
  "ai-sdk-anthropic-v2",
  "ai-sdk-anthropic-v3",
  "ai-sdk-openai-v2",
  "ai-sdk-openai-v3",
];

/**
 * Rooms of a unit -> the rooms that each may import. A room is a folder below `src`; the longest name that fits counts,
 * so `keys/reader` is a room of its own beside `keys/set`. Files directly in `src` are entries: they may import every
 * room, and no room imports them.
 */
export const roomArrows: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  contract: {
    text: [],
    scopes: [],
    wire: ["errors"],
    errors: ["text"],
    routes: ["scopes", "wire"],
  },
  auth: {
    address: [],
    encoding: [],
    outcome: [],
    policy: [],
    scope: [],
    "keys/model": ["outcome"],
    "keys/reader": ["keys/model", "encoding", "outcome"],
    "keys/judge": ["keys/reader", "keys/model", "encoding", "outcome"],
    "keys/set": ["keys/judge", "keys/reader", "keys/model", "encoding", "outcome"],
    "keys/source": ["keys/set", "keys/model", "address", "outcome"],
    identity: ["policy", "scope", "outcome"],
    token: ["identity", "policy", "scope", "keys/source", "keys/set", "keys/model", "encoding", "outcome"],
    request: ["policy", "address", "encoding", "outcome"],
    decide: ["scope", "outcome"],
    refusal: ["outcome"],
    revocation: ["identity"],
    engine: ["token", "request", "decide", "identity", "policy", "scope", "outcome"],
    diagnose: [
      "token",
      "request",
      "decide",
      "identity",
      "policy",
      "scope",
      "keys/source",
      "keys/set",
      "keys/model",
      "encoding",
      "outcome",
    ],
    mint: ["keys/set", "keys/judge", "keys/reader", "keys/model", "encoding", "outcome"],
  },
  guard: {
    log: [],
    config: ["log"],
    decisions: ["log"],
    denials: ["log"],
    revocations: ["log"],
    keys: ["config"],
    pages: ["config"],
    gate: ["pages", "keys", "denials", "decisions", "revocations", "config", "log"],
    sockets: ["gate", "log"],
    app: ["sockets", "gate", "pages", "keys", "denials", "decisions", "revocations", "config", "log"],
    hosts: ["gate"],
  },
  storage: {
    location: [],
    faults: [],
    sqlite: ["faults"],
    hints: [],
    postgres: ["hints", "faults"],
    schema: ["faults"],
    connection: ["sqlite", "postgres", "hints", "schema", "faults", "location"],
  },
  server: {
    runs: [],
    "runs/form": ["runs"],
    sessions: ["runs/form", "runs"],
    agents: ["agents/provider", "memories", "runs"],
    "agents/provider": ["runs"],
    memories: ["runs"],
    "stores/schema": [],
    stores: ["stores/schema", "memories", "runs"],
    openapi: [],
    routes: ["openapi", "memories", "sessions", "runs/form", "runs"],
    "agent-os": ["routes", "openapi", "stores/schema", "stores", "memories", "sessions", "agents", "runs"],
  },
  "control-plane": {
    schema: [],
    store: ["schema"],
    outbound: [],
    keys: ["store", "schema"],
    "sign-in": ["app", "people/roles", "revocations", "store", "schema"],
    people: ["people/roles", "revocations", "sign-in", "store", "schema"],
    "people/audit": ["schema"],
    revocations: ["tokens", "keys", "outbound", "store", "schema"],
    tokens: ["keys", "people/roles", "store", "schema"],
    "people/roles": [],
    instances: ["keys", "outbound", "revocations", "store", "schema"],
    diagnose: ["instances", "keys", "people/roles", "store", "schema"],
    app: ["people/roles", "store", "schema"],
    routes: [
      "app",
      "diagnose",
      "instances",
      "keys",
      "pages",
      "people",
      "people/audit",
      "people/roles",
      "revocations",
      "sign-in",
      "store",
      "tokens",
      "schema",
    ],
    pages: [],
    machine: ["control-plane", "instances", "keys", "sign-in", "store"],
    "control-plane": [
      "app",
      "routes",
      "pages",
      "diagnose",
      "instances",
      "keys",
      "outbound",
      "people",
      "people/roles",
      "revocations",
      "sign-in",
      "store",
      "schema",
      "tokens",
    ],
  },
  client: {
    wire: [],
    stream: ["wire"],
    agentos: ["stream", "wire"],
    "control-plane": ["wire"],
    instance: ["agentos", "control-plane", "wire"],
  },
  // Features never import each other: what two need is a component, or logic in lib.
  console: {
    lib: [],
    components: ["lib"],
    "features/audit": ["components", "lib"],
    "features/chat": ["components", "lib"],
    "features/home": ["components", "lib"],
    "features/instances": ["components", "lib"],
    "features/members": ["components", "lib"],
    "features/refusals": ["components", "lib"],
    "features/sessions": ["components", "lib"],
    "features/settings": ["components", "lib"],
    "features/sign-in": ["components", "lib"],
    app: [
      "components",
      "features/audit",
      "features/chat",
      "features/home",
      "features/instances",
      "features/members",
      "features/refusals",
      "features/sessions",
      "features/settings",
      "features/sign-in",
      "lib",
    ],
    styles: [],
    styleguide: ["components", "lib", "styles"],
  },
  cli: {
    causes: [],
    demo: [],
    scopes: [],
    text: ["scopes"],
    program: ["text"],
    files: ["program"],
    input: ["files", "program"],
    keys: ["program"],
    config: ["demo", "files", "program"],
    database: ["config", "input", "program", "text"],
    serve: ["config", "input", "program"],
    dev: ["demo", "files", "program", "serve", "text"],
    doctor: ["config", "input", "keys", "program", "scopes", "text"],
    token: ["dev", "doctor", "input", "program", "scopes", "text"],
    "control-plane": ["dev", "program", "serve", "text"],
    conversation: ["dev", "doctor", "input", "program", "text"],
    commands: [
      "control-plane",
      "conversation",
      "database",
      "dev",
      "doctor",
      "files",
      "input",
      "keys",
      "program",
      "scopes",
      "serve",
      "text",
      "token",
    ],
  },
  testkit: {
    keys: [],
    log: [],
    processes: [],
    servers: [],
    time: [],
    tokens: ["keys"],
  },
};
