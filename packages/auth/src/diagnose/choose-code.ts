/** Several causes share one sentence: the kind of the credential, or the token itself, shows which of them is true. */
import type { ErrorCode, Facts } from "@agentos/contract";
import type { Certainty } from "./diagnosis.ts";
import type { InspectedToken } from "./inspect-token.ts";
import type { AnswerMeaning } from "./read-answer.ts";
import type { CredentialKind } from "./refine-credential.ts";

export interface ChosenCode {
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly certainty: Certainty;
}

/** Sentences that mean one thing for a token and another for anything else. */
const BY_KIND: Readonly<Partial<Record<ErrorCode, "jwt" | "other">>> = {
  AUTH_SECURITY_KEY_INVALID: "other",
  AUTH_TOKEN_NOT_ACCEPTED: "jwt",
  AUTH_TOKEN_MALFORMED: "jwt",
  AUTH_SECURITY_KEY_NOT_ACCEPTED: "other",
  AUTH_DATABASE_UNAVAILABLE: "other",
  AUTH_KEYS_UNAVAILABLE: "jwt",
};

const MISSING: readonly ErrorCode[] = [
  "AUTH_HEADER_MISSING",
  "AUTH_COOKIE_MISSING",
  "AUTH_TOKEN_MISSING",
  "AUTH_SECURITY_KEY_MISSING",
];

/** Chooses among the codes of an answer. */
export function chooseCode(
  { codes: possible, facts, isNamed }: AnswerMeaning,
  { kind, inspected }: { readonly kind: CredentialKind; readonly inspected: InspectedToken | undefined },
): ChosenCode {
  const codes = byKeyId(possible, inspected?.unverifiedHeader);
  const shown = inspected?.objections.find(({ code }) => codes.includes(code));
  if (shown !== undefined)
    return { code: shown.code, facts: { ...shown.facts, ...facts }, certainty: "certain" };
  const wanted = kind === "jwt" ? "jwt" : "other";
  const fitting = kind === "none" ? codes : codes.filter((code) => (BY_KIND[code] ?? wanted) === wanted);
  const code =
    byClaims(fitting, inspected?.unverifiedClaims) ?? fitting[0] ?? codes[0] ?? "CLI_ANSWER_UNKNOWN";
  // Whoever sent something and is told that nothing came has something in between.
  if (MISSING.includes(code) && kind !== "none")
    return { code: "AUTH_CREDENTIAL_LOST", facts, certainty: "likely" };
  return { code, facts, certainty: isNamed || codes.length === 1 ? "certain" : "likely" };
}

/** A key that is not named is another cause than one that is not known. */
function byKeyId(
  codes: readonly ErrorCode[],
  header: InspectedToken["unverifiedHeader"],
): readonly ErrorCode[] {
  if (header === undefined || !codes.includes("AUTH_KEY_ID_MISSING")) return codes;
  return [header["kid"] === undefined ? "AUTH_KEY_ID_MISSING" : "AUTH_KEY_UNKNOWN"];
}

/** An issuer that is absent is another cause than a wrong one, even when the right one is not known. */
function byClaims(
  codes: readonly ErrorCode[],
  claims: Readonly<Record<string, unknown>> | undefined,
): ErrorCode | undefined {
  if (claims === undefined || !codes.includes("AUTH_ISSUER_MISSING")) return undefined;
  return claims["iss"] === undefined ? "AUTH_ISSUER_MISSING" : "AUTH_ISSUER_MISMATCH";
}
