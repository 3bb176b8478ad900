// One runner for every test. Packages resolve to their source, so no build is needed first.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const conditions = ["@agentos/source", "module", "node", "development|production"];
const resolution = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

const pure = ["packages/{contract,auth}/src/**/*.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./tools/plain-summary-reporter.ts"],
    // One PostgreSQL for all files, started for the first that asks.
    globalSetup: ["./tools/postgres/global-setup.fixture.ts"],
    // Tests wait for processes and databases: with one core left free, as is the default, nearly all of both would be.
    // One more than there are cores was tried: two cores are full by then, and tests of a rotation under load time out.
    maxWorkers: Math.max(2, availableParallelism()),
    // A test that needs longer is a soak run: it belongs in `npm run soak`.
    testTimeout: 20_000,
    // What many tests share may start on a machine that is busy.
    hookTimeout: 60_000,
    projects: [
      {
        ...resolution,
        // Pure by rule (`unitsWithoutNode` in tools/boundaries/rules.ts): no file can leave anything to the next.
        test: { name: "pure", include: pure, isolate: false },
      },
      {
        ...resolution,
        test: { name: "packages", include: ["packages/*/src/**/*.test.ts"], exclude: pure },
      },
      {
        ...resolution,
        // What of the console needs no browser, and no file leaves anything to the next.
        test: { name: "console", include: ["apps/console/src/**/*.test.ts"], isolate: false },
      },
      {
        ...resolution,
        // Stories of people, in one real browser.
        test: {
          name: "browser",
          include: ["e2e/console/**/*.e2e.ts"],
          globalSetup: ["./tools/browser/global-setup.fixture.ts"],
          testTimeout: 60_000,
        },
      },
      {
        ...resolution,
        test: { name: "tools", include: ["tools/**/*.test.ts"] },
      },
      {
        ...resolution,
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.ts", "examples/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: ["e2e/console/**"],
        },
      },
    ],
  },
});
