// The tests of one run share one server of PostgreSQL. It starts when the first test asks for a database, and ends
// with the run.
import { startPostgresBroker } from "@agentos/testkit/postgres";

export default function setUp(): Promise<() => Promise<void>> {
  return startPostgresBroker();
}
