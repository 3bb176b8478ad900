// The import arrows of the repository as data. Nothing else decides what may import what.
// To change an arrow, write a decision note first: these rows are the design.

/** Unit (package, app or folder) -> the workspace packages it may import. `*` means any published entry. */
export const packageArrows: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  auth: ["contract"],
  server: ["contract", "auth"],
  "control-plane": ["contract", "auth"],
  client: ["contract"],
  console: ["contract", "client"],
  cli: ["contract", "auth", "server", "control-plane", "client"],
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
  { unit: "server", entry: "@agentos/auth/mint", reason: "a server that cannot sign cannot forge" },
];

/** Files that a unit may import although they are no published entry, each row with its reason. */
export const openFiles: readonly { unit: string; files: readonly string[]; reason: string }[] = [
  {
    unit: "tools",
    files: [
      "packages/cli/src/program.ts",
      "packages/cli/src/config/build-agents.ts",
      "packages/cli/src/config/config-faults.ts",
      "packages/cli/src/config/config-schema.ts",
      "packages/cli/src/config/find-unavailable.ts",
      "packages/cli/src/config/scan-json.ts",
    ],
    reason: "the docs are judged by what they document; publishing a parser for that would be an API (0035)",
  },
];

/** Units without Node: clock, random, environment and files are passed in, so the code is portable and pure. */
export const unitsWithoutNode: readonly string[] = ["contract", "auth", "client", "console"];

/** Units whose outside dependencies are a closed list; adding to it needs a decision note. */
export const allowedOutsidePackages: Readonly<Record<string, readonly string[]>> = {
  contract: ["zod"],
  auth: ["jose"],
  testkit: ["jose"],
};

/** Tests may use these anywhere, whatever the lists above say. */
export const testPackages: readonly string[] = ["vitest", "fast-check", "jose"];

/**
 * Folders under `src` of a backend -> the folders each may import. Files directly in `src` join them when
 * they import a folder; one that imports no folder is a leaf (limits, error types), open to all.
 */
export const layerArrows: Readonly<Record<string, readonly string[]>> = {
  hosts: ["http", "routes", "services", "config", "agents", "ports"],
  http: ["routes", "services", "agents", "ports"],
  routes: ["services", "agents", "ports"],
  services: ["agents", "ports"],
  // Turns options and environment into ready parts, so it may create drivers.
  config: ["stores", "agents", "ports"],
  agents: ["ports"],
  stores: ["ports"],
  ports: [],
};

/** Units that have these layers inside. */
export const layeredUnits: readonly string[] = ["server", "control-plane"];

/** Outermost layers: they stand above the joining files, which they offer to a runtime. */
export const layersAboveJoiningFiles: readonly string[] = ["hosts"];
