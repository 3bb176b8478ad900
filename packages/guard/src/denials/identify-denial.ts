/** When two refusals are the same one again, and which source they come from. */
import { REFUSALS, STAGES } from "@agentos/contract";
import type { Denial } from "./denial-recorder.ts";

/** What a denial is counted under. */
export interface DenialIdentity {
  /** Equal for repeats. */
  readonly key: string;
  /** Who pays when a quota is full: a verified caller, else a network. */
  readonly source: string;
  /** Refused after its signature held. */
  readonly isKnownCaller: boolean;
}

const SIGNATURE_STAGE = STAGES.indexOf("signature");

/** Gives all three. */
export function identifyDenial(denial: Denial): DenialIdentity {
  const network = clientPrefix(denial.client);
  const subject = denial.subject ?? "";
  // Two issuers may each have an "alice".
  const { issuer, kind, id } = denial.owner ?? {};
  const caller = JSON.stringify([denial.issuer, subject, issuer, kind, id]);
  return {
    key: JSON.stringify([denial.code, denial.route, network, caller, ...distinctFacts(denial)]),
    // A known caller is the same one from any network.
    source: subject === "" ? `network ${network}` : `caller ${caller}`,
    isKnownCaller: STAGES.indexOf(REFUSALS[denial.code].stage) > SIGNATURE_STAGE,
  };
}

/**
 * Facts that a caller chooses freely, by the path or by a token that nobody has verified: they would make every refusal
 * a record of its own. A scope holds the id in the path.
 */
const FREE_TEXTS = new Set([
  "cause",
  "path",
  "unverified_issuer",
  "issuer_found",
  "unverified_kid",
  "signature_found",
  "value_found",
  "duration",
  "required_scopes",
  "missing_scopes",
  "scope_to_add",
  "scope_to_allow",
  "scope_choice",
  "wider_scopes",
  "suggestion",
]);

/** Facts that make two refusals different ones: texts, such as two audiences. Times and sizes differ each time. */
function distinctFacts({ facts }: Denial): readonly unknown[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (typeof value === "number" || FREE_TEXTS.has(name)) return [];
    return [[name, GROUPED_TEXTS.has(name) && typeof value === "string" ? groupOf(value) : value]];
  });
}

/** Facts that a caller chooses freely too, and of which an operator has to see each: so many records, and no more. */
const GROUPED_TEXTS = new Set(["origin"]);
const GROUPS = 64;

/** The same for the same text, and nearly always another one for another. */
function groupOf(text: string): number {
  // FNV-1a: an attacker who finds equal ones has joined two records of their own.
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0) % GROUPS;
}

/** The network that a client is in: one IPv4 /24 or IPv6 /48 counts as one source of repeats. */
function clientPrefix(client: string | undefined): string {
  if (client === undefined) return "";
  const v4 = /(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(client)?.[1];
  if (v4 !== undefined) return v4;
  // Groups behind "::" stand at the end of the address; those that it leaves out are zero.
  const [head = ""] = client.split("::", 1);
  const groups = head === "" ? [] : head.split(":");
  return [...groups, "0", "0", "0"].slice(0, 3).join(":");
}
