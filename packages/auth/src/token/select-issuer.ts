/**
 * Several trusted issuers: which one a token belongs to. The unverified "iss" is used for an exact look-up among the
 * configured ones and for nothing else; the chosen issuer's policy then verifies it like every claim. So an issuer's
 * keys never see a token of another (weak-spots B2), and a token of nobody never causes a fetch.
 */

import { decodeJsonObject } from "../encoding/base64url.ts";
import type { KeySource } from "../keys/source/key-source.ts";
import { ok, type Refusal, type Result, refuse } from "../outcome/result.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { describeIssuer, findIssuerSlip } from "./compare-issuers.ts";

/** An issuer with everything that its tokens are checked against. */
export interface TrustedIssuer {
  /** Its keys, and nobody else's. */
  readonly keySource: KeySource;
  /** Without `issuer` it is for the tokens that name none at all. */
  readonly policy: TokenPolicy;
}

/** Chooses by the payload segment of a token whose signature has not been looked at. */
export function createIssuerSelector(
  issuers: readonly TrustedIssuer[],
): (payloadSegment: string) => Result<TrustedIssuer> {
  const byName = new Map(issuers.map((issuer) => [issuer.policy.issuer, issuer]));
  const expected = issuers.flatMap(({ policy }) => policy.issuer ?? []);
  return (payloadSegment) => {
    const unverifiedClaims = decodeJsonObject(payloadSegment);
    // Not AUTH_PAYLOAD_INVALID: that speaks of claims whose signature holds.
    if (unverifiedClaims === undefined) return refuse("AUTH_PAYLOAD_DAMAGED");
    const { iss } = unverifiedClaims;
    // A list is no issuer, even when it contains a right one (lesson CVE-2025-30144).
    const chosen = iss === undefined || typeof iss === "string" ? byName.get(iss) : undefined;
    return chosen === undefined ? refuseIssuer(iss, expected, byName.has(undefined)) : ok(chosen);
  };
}

/** The refusal of a token that names nobody who is trusted. `takesUnnamed`: some keys are for tokens without "iss". */
export function refuseIssuer(
  iss: unknown,
  expected: readonly string[],
  takesUnnamed = false,
): { readonly ok: false; readonly fault: Refusal } {
  const facts = { expected_issuers: expected, unverified_issuer: describe(iss) };
  if (iss === undefined) return refuse("AUTH_ISSUER_UNNAMED", facts);
  return refuse("AUTH_ISSUER_UNKNOWN", {
    ...facts,
    issuer_found: describeIssuer(iss, expected),
    // Listed beside the nearly equal one, its users would be new ones.
    issuer_remedy:
      findIssuerSlip(iss, expected) !== undefined ? CORRECT : takesUnnamed ? `${SET}, otherwise ${ADD}` : ADD,
  });
}

const ADD = 'add it under "issuers"';
const CORRECT = 'write its "issuer" there as the "iss" of the token has it, rather than adding another one';
const SET =
  'if the keys outside "issuers" sign its tokens, set "authorizationConfig.issuer" to this "iss" (listed, its users would be new ones)';

/**
 * The refusal of a token that no key verifies, with both issuers for the operator where it names another one than the
 * configured: then its keys are another issuer's, too. The caller is told nothing of a claim that nobody has verified.
 */
export function addForeignIssuer(
  refused: { readonly ok: false; readonly fault: Refusal },
  payloadSegment: string,
  { issuer }: Pick<TokenPolicy, "issuer">,
): { readonly ok: false; readonly fault: Refusal } {
  const unverifiedClaims = issuer === undefined ? undefined : decodeJsonObject(payloadSegment);
  if (issuer === undefined || unverifiedClaims === undefined || unverifiedClaims["iss"] === issuer)
    return refused;
  const facts = { expected_issuer: issuer, unverified_issuer: describe(unverifiedClaims["iss"]) };
  return { ok: false, fault: { ...refused.fault, facts: { ...refused.fault.facts, ...facts } } };
}

/** For the operator's record only: bounded, and never an object. */
function describe(iss: unknown): string {
  return typeof iss === "string" ? iss.slice(0, 200) : iss === undefined ? "(none)" : `(${typeof iss})`;
}
