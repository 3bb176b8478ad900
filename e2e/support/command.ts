/** The command `agentos`, to be started as a process. What it is like to start it otherwise: `compile-cache.e2e.ts`, the examples, and `pack:check`. */
import { fileURLToPath } from "node:url";
import { type BundledScript, bundleScript } from "@agentos/testkit/processes";

export const command: BundledScript = await bundleScript(
  fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url)),
);
