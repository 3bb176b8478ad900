// The process entry of `agentos`: decides how packages resolve, then hands over to run.ts.
// From source, our own packages must resolve to their src folders without a flag or a build,
// so the export condition is added by a hook before anything else is imported.
import { registerHooks } from "node:module";
import { enableOwnCompileCache } from "./program/compile-cache.ts";

const SOURCE_CONDITION = "@agentos/source";

enableOwnCompileCache(process.env);

if (import.meta.url.endsWith(".ts")) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      return nextResolve(specifier, { ...context, conditions: [SOURCE_CONDITION, ...context.conditions] });
    },
  });
}

const { run } = await import("./commands/run.ts");
// exitCode instead of exit(): output that is still being written must reach its pipe.
process.exitCode = await run(process.argv.slice(2));
