// Child process of `npm run mutate`: one vitest that stays, so that a mutation costs its tests and no start-up. The
// parent ends the process when a mutant loops; a thread alone could not be ended.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createVitest, type TestModule } from "vitest/node";

export interface Order {
  /** File below the working directory, the text to try, and the text to leave behind. */
  readonly path: string;
  readonly text: string;
  readonly original: string;
  /** Test files, run in this order until one fails. */
  readonly tests: readonly string[];
}

export interface Answer {
  /** One more test file is through, and more are to come. */
  readonly isProgress?: boolean;
  /** The first test that failed. */
  readonly failed?: string;
  /** The tests could not be run. */
  readonly error?: string;
}

const vitest = await createVitest("test", {
  root: process.cwd(),
  project: ["pure"],
  watch: false,
  bail: 1,
  isolate: false,
  pool: "threads",
  maxWorkers: 1,
  cache: false,
  reporters: [{}],
  // A busy machine makes a test slow, not red: the parent's limit is the only one.
  testTimeout: 600_000,
});
const specifications = await vitest.globTestSpecifications(["packages/auth/"]);

/** The first test that fails. */
async function findFailure({ path, text, original, tests }: Order): Promise<string | undefined> {
  replace(path, text);
  try {
    for (const test of tests) {
      const isAsked = ({ moduleId }: { readonly moduleId: string }) => moduleId.endsWith(`/${test}`);
      // "bail" counts the failures of earlier runs too, and would skip everything from the first of them on.
      vitest.state.idMap.clear();
      const { testModules } = await vitest.rerunTestSpecifications(specifications.filter(isAsked));
      // The result names modules of earlier runs as well.
      const module = testModules.find(isAsked);
      if (module?.state() === "failed") return `${basename(test)}: ${nameFailure(module)}`;
      if (module?.state() !== "passed") throw new Error(`${test} did not run`);
      process.send?.({ isProgress: true });
    }
    return undefined;
  } finally {
    replace(path, original);
  }
}

function nameFailure(module: TestModule): string {
  const [failed] = module.children.allTests("failed");
  return failed?.name ?? "the file does not load";
}

function replace(path: string, text: string): void {
  writeFileSync(join(process.cwd(), path), text);
  vitest.invalidateFile(join(process.cwd(), path));
}

process.on("disconnect", () => process.exit());
process.on("message", (order) => {
  void findFailure(order as Order).then(
    (failed) => process.send?.({ failed }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.("ready");
