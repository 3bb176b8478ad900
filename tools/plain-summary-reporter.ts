// Prints `N passed, N failed` alone on the last line of a test run, the form that CI reads in any language.
// A module that fails to load, and an error outside any test, count as failures: a broken run never looks green.
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

export default class PlainSummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state] += 1;
        if (state === "failed") failedTests += 1;
      }
      if (!module.ok() && failedTests === 0) counts.failed += 1;
    }
    const failed = counts.failed + counts.pending;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    process.stdout.write(`\n${counts.passed} passed, ${failed} failed${skipped}\n`);
  }
}
