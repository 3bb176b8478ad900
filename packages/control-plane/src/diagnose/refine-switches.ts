/**
 * The credential is of the kind that the instance does not ask for: which of the two switches is the cause, given what is
 * meant here, what the instance shows, and what its version can do at all.
 */
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import { compareSwitches } from "../instances/compare-switches.ts";
import { describeBothOn, describeWaysOut } from "../instances/ways-out.ts";
import { readMode } from "./describe-request.ts";
import { atMostLikely, makeFinding } from "./make-finding.ts";
import type { Finding, RefusedRequest } from "./refused-request.ts";

/** None where the kind of the credential is the right one. */
export function refineSwitches(refused: RefusedRequest): readonly Finding[] {
  const mode = readMode(refused);
  const { kind } = refused.sent;
  const isToken = kind === "minted" || kind === "token";
  if (isToken && mode === "security_key") return refineTokenForKey(refused);
  if (kind === "security-key" && (mode === "jwt" || mode === "jwt-unverified"))
    return refineKeyForTokens(refused);
  return [];
}

/** It runs in this process, and what was in force there before still is: that is why its switches do not fit. */
export function findNotApplied({ instance, cli }: RefusedRequest): readonly Finding[] {
  if (!instance.isNotApplied) return [];
  const evidence = [
    { fact: "the AgentOS did not take the switches when it was told", source: "the control plane" },
  ];
  return [makeFinding({ code: "INSTANCE_SWITCH_NOT_APPLIED", certainty: "certain", evidence }, cli)];
}

/** A token came to an instance that asks for its security key. */
function refineTokenForKey(refused: RefusedRequest): readonly Finding[] {
  const { cli, instance } = refused;
  const { desired, version } = instance;
  const shown = [
    { fact: "a token was sent", source: "the request" },
    { fact: "the instance asks for its security key", source: "the answer" },
  ];
  const both = desired.authorization && desired.securityKey ? [bothOn(refused, shown, true)] : [];
  // Whatever switches are on: no token is ever accepted there.
  if (version.verifiesTokens === "no")
    return [
      makeFinding(
        {
          code: "INSTANCE_VERSION_WITHOUT_JWT",
          certainty: version.source === "reported" ? "certain" : "likely",
          facts: {
            first_version: FIRST_VERSION_WITH_JWT,
            version: version.version ?? "",
            version_source: version.source === "reported" ? "as it reports itself" : "as somebody entered it",
          },
          evidence: [
            {
              fact: `its version is ${version.version}`,
              source: version.source === "reported" ? "GET /info" : "what somebody entered here",
            },
            ...shown,
          ],
          choices: describeWaysOut(version),
        },
        cli,
      ),
      ...both,
    ];
  const unknown =
    version.verifiesTokens === "unknown"
      ? [
          makeFinding(
            {
              code: "INSTANCE_VERSION_UNKNOWN",
              certainty: "cannot tell",
              facts: { first_version: FIRST_VERSION_WITH_JWT },
              evidence: [{ fact: "no answer of it names a version", source: "the answer" }],
            },
            cli,
          ),
        ]
      : [];
  if (both.length > 0) {
    return [bothOn(refused, shown, true), ...unknown];
  }
  if (!desired.authorization) return [];
  const missing = makeFinding(
    {
      code: "INSTANCE_AUTHORIZATION_MISSING",
      // Only the instance says what it asks for.
      certainty: "likely",
      facts: { found: "asks for its security key" },
      evidence: shown,
      choices: describeWaysOut(version),
    },
    cli,
  );
  return [missing, ...unknown];
}

/** The security key came to an instance that asks for tokens, where it is not accepted. */
function refineKeyForTokens(refused: RefusedRequest): readonly Finding[] {
  const { desired } = refused.instance;
  const shown = [
    { fact: "the security key was sent", source: "the request" },
    { fact: "the instance asks for a token", source: "the answer" },
  ];
  if (desired.authorization && desired.securityKey) return [bothOn(refused, shown)];
  if (desired.authorization) return [];
  return [
    makeFinding(
      { code: "INSTANCE_AUTHORIZATION_UNWANTED", certainty: "likely", evidence: shown },
      refused.cli,
    ),
  ];
}

function bothOn({ instance, cli }: RefusedRequest, shown: Finding["evidence"], isKeyOnly = false): Finding {
  return makeFinding(
    {
      code: "INSTANCE_BOTH_SWITCHES_ON",
      certainty: "likely",
      facts: { consequence: describeBothOn(isKeyOnly) },
      evidence: [{ fact: "both switches are on", source: "the switches" }, ...shown],
      choices: describeWaysOut(instance.version),
    },
    cli,
  );
}

/** Differences that would make an instance refuse everything of this kind: told where it has not said why itself. */
const REFUSING = new Set([
  "INSTANCE_VERSION_WITHOUT_JWT",
  "INSTANCE_BOTH_SWITCHES_ON",
  "INSTANCE_AUTHORIZATION_MISSING",
  "INSTANCE_AUTHORIZATION_UNWANTED",
  "INSTANCE_SECURITY_KEY_MISSING",
  "INSTANCE_KEY_NOT_LOADED",
  "INSTANCE_KEY_FOREIGN",
  "INSTANCE_OS_ID_DIFFERS",
]);

export function findStandingCauses(refused: RefusedRequest): readonly Finding[] {
  const { instance, sent, mayReadPolicy, cli } = refused;
  return compareSwitches(instance)
    .filter(({ code }) => REFUSING.has(code))
    .filter(({ code }) => sent.kind === "minted" || !/KEY_(?:NOT_LOADED|FOREIGN)|OS_ID/.test(code))
    .map((finding) => {
      const { signingKid } = instance;
      // Which other key it is stands in the policy.
      if (finding.code !== "INSTANCE_KEY_FOREIGN" || mayReadPolicy || signingKid === undefined)
        return finding;
      const { certainty, evidence } = finding;
      return makeFinding({ code: "INSTANCE_KEY_OTHER", certainty, evidence }, cli);
    })
    .map(atMostLikely);
}
