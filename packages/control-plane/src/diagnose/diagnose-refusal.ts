/**
 * Why an instance has refused a request, from both sides: what was minted and is meant here, and what the instance has
 * answered and shown. The engine reads the answer; what only both sides together can know stands before it. Pure.
 */
import { diagnose } from "@agentos/auth";
import type { diagnosisSchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import { findReachability } from "../instances/find-reachability.ts";
import { describeRequest } from "./describe-request.ts";
import { atMostLikely, fromCause } from "./make-finding.ts";
import { refineRole } from "./refine-role.ts";
import { findNotApplied, findStandingCauses, refineSwitches } from "./refine-switches.ts";
import { refineTrust } from "./refine-trust.ts";
import type { Finding, RefusedRequest } from "./refused-request.ts";

export type Diagnosis = z.output<typeof diagnosisSchema>;

const RANK = { certain: 0, likely: 1, "cannot tell": 2 } as const;

/** The cause that applies first; none where nothing was refused. */
export function diagnoseRefusal(refused: RefusedRequest): Diagnosis {
  const causes = rank(collect(refused)).map((finding) =>
    refused.mayReadPolicy ? finding : hidePolicy(finding),
  );
  return { causes: [...causes], knows: [...listKnown(refused)] };
}

function collect(refused: RefusedRequest): readonly Finding[] {
  const { outcome, answer, instance } = refused;
  if (outcome !== "answered" && answer === undefined)
    return [findReachability(outcome, instance.consoleOrigin)];
  const named = diagnose(describeRequest(refused))
    .map(fromCause)
    .map((finding) => confirm(finding, refused));
  if (answer === undefined) return [...named, ...findStandingCauses(refused)];
  if (answer.status < 400) return [];
  const switches = refineSwitches(refused);
  if (switches.length > 0) {
    const notApplied = findNotApplied(refused);
    const rest = notApplied.length > 0 ? switches.map(demote) : switches;
    return [...notApplied, ...rest, ...named.map(demote)];
  }
  const [first] = named;
  if (first === undefined || first.code === "CLI_ANSWER_UNKNOWN")
    return isRefusal(answer.status) ? [...findStandingCauses(refused), ...named] : named;
  const refined = refineMinted(refused, first);
  if (refined.length === 0) return named;
  return first.code === "SCOPE_PREREQUISITE_MISSING"
    ? [...named, ...refined.map(demote)]
    : [...refined, ...named.map(demote)];
}

function refineMinted(refused: RefusedRequest, first: Finding): readonly Finding[] {
  const { sent } = refused;
  if (sent.kind !== "minted" || sent.minted === undefined) return [];
  if (!first.code.startsWith("SCOPE_")) return refineTrust(refused, first, sent.minted);
  const role = refineRole(refused, sent.minted);
  return role === undefined ? [] : [role];
}

/** The words for a wrong security key are those for a token, too: here it is known what was sent. */
function confirm(finding: Finding, { sent }: RefusedRequest): Finding {
  const isKnown = finding.code === "AUTH_SECURITY_KEY_INVALID" && sent.kind === "security-key";
  return isKnown ? { ...finding, certainty: "certain" } : finding;
}

/** What says the same less exactly is not as sure as what stands before it. */
const demote = atMostLikely;

function isRefusal(status: number): boolean {
  return status === 401 || status === 403 || status === 503;
}

/** The surest first, otherwise as they were found; each once. */
function rank(findings: readonly Finding[]): readonly Finding[] {
  const unique = findings.filter(
    (finding, index) => findings.findIndex(({ code }) => code === finding.code) === index,
  );
  return unique.toSorted((a, b) => RANK[a.certainty] - RANK[b.certainty]);
}

/** What an instance is configured with is for those who may read its policy, or change its switches. */
function hidePolicy(finding: Finding): Finding {
  const isOpen = ({ source }: Finding["evidence"][number]) =>
    source !== "GET /authz/policy" && source !== "the denial record";
  if (finding.evidence.every(isOpen)) return finding;
  const hidden = { fact: "your role does not show more of it", source: "the policy of the instance" };
  return { ...finding, evidence: [...finding.evidence.filter(isOpen), hidden] };
}

function listKnown({ instance, sent, denial, answer }: RefusedRequest): readonly string[] {
  const { observed, version } = instance;
  return [
    "the switches that are meant to be on",
    ...(answer === undefined ? [] : ["what the instance has answered, as it was reported"]),
    ...(observed === undefined
      ? []
      : [
          observed.keys === null
            ? "what was seen of the instance"
            : "the policy of the instance, as it was read",
        ]),
    ...(version.source === "unknown"
      ? []
      : [`its version, as ${version.source === "stated" ? "a person has stated it" : "it reports itself"}`]),
    ...(sent.kind === "minted" && sent.minted !== undefined ? ["the token, as it was minted"] : []),
    ...(denial === undefined ? [] : ["the record of the refusal"]),
  ];
}
