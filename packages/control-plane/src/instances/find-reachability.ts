/** Why the browser got no answer that it may read. */
import type { Observed } from "../schema/observed.ts";
import { createFinding, type InstanceCauseCode, type InstanceFinding } from "./instance-finding.ts";

type Outcome = Exclude<Observed["outcome"], "answered">;

const CODES: Readonly<Record<Outcome, InstanceCauseCode>> = {
  unreachable: "INSTANCE_NOT_REACHED",
  "timed-out": "INSTANCE_TIMED_OUT",
  "cors-refused": "INSTANCE_CORS_REFUSED",
  "mixed-content": "INSTANCE_MIXED_CONTENT",
  "local-network-refused": "INSTANCE_LOCAL_NETWORK_REFUSED",
};

const FACTS: Readonly<Record<Outcome, string>> = {
  unreachable: "no connection could be made",
  "timed-out": "nothing came back in time",
  "cors-refused": "something answers there, and the page may not read it",
  "mixed-content": "a page on https asked an address on http",
  "local-network-refused": "the browser refused to let the request into the local network",
};

/** A browser tells pages little of why: only the scheme of both addresses is beyond doubt. */
export function findReachability(outcome: Outcome, consoleOrigin: string): InstanceFinding {
  return createFinding({
    code: CODES[outcome],
    certainty: outcome === "mixed-content" ? "certain" : "likely",
    facts: { origin: consoleOrigin },
    evidence: [{ fact: FACTS[outcome], source: "the browser" }],
  });
}
