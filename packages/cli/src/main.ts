// The process entry of `agentos`: decides how packages resolve, then hands over to run.ts.
// From source, our own packages must resolve to their src folders without a flag or a build,
// so the export condition is added by a hook before anything else is imported.
import { enableCompileCache, registerHooks } from "node:module";

const SOURCE_CONDITION = "@agentos/source";

// Most of a short command's time is compiling; the cache is kept in the system's folder for temporary files.
enableCompileCache();

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
