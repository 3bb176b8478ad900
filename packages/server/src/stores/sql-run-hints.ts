/** Hints about runs over the database that the servers share. What is heard is believed nothing: whoever hears it looks. */
import type { Hints } from "@agentos/storage";
import type { RunHints } from "../runs/run-hints.ts";

/** A run waits for a server. */
const PENDING = "pending";
/** A run is to stop. */
const CANCEL = "cancel";

export function createSqlRunHints(hints: Hints): RunHints {
  return {
    tellPending: () => hints.tell(PENDING),
    onPending: (listener) => hints.listen(PENDING, () => listener()),
    tellCancel: (runId) => hints.tell(CANCEL, runId),
    onCancel: (listener) => hints.listen(CANCEL, listener),
  };
}
