/** Makers of fault entries. Their texts keep their literal types: `createFault` knows from them which facts a fault needs. */
import type { FaultEntry } from "./entry.ts";

type Words = Pick<FaultEntry, "title" | "fix" | "seenAs">;

const since = "0.1.0";

/** Stops the start. */
export function error<const Given extends Words>(words: Given) {
  return Object.freeze({ kind: "fault", severity: "error", ...words, since } as const);
}

/** Is printed at every start. */
export function warning<const Given extends Words>(words: Given) {
  return Object.freeze({ kind: "fault", severity: "warning", ...words, since } as const);
}
