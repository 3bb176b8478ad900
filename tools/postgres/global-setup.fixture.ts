// The tests of one run share one server of PostgreSQL. It starts when the first test asks for a database, and ends
// with the run.
import { startPostgresBroker } from "@agentos/testkit/postgres";

/** Vitest calls it before the first test, and what it gives after the last. */
export function setup(): Promise<() => Promise<void>> {
  return startPostgresBroker();
}
