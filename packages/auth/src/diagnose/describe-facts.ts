/** Facts of a refusal as evidence: each with where it was seen. */
import type { ErrorCode, Facts } from "@agentos/contract";
import { MAX_IDENTIFIER_CHARACTERS, MAX_TOKEN_LIFETIME_SECONDS } from "../limits.ts";
import type { DiagnosisInput, Evidence, EvidenceSource, KnownServer } from "./diagnosis.ts";

/** Values of catalogue places that a refusal's facts may lack when the server is not ours. */
export function placesFor(server: KnownServer | undefined): Facts {
  return {
    audience_claim: server?.audienceClaim ?? "aud",
    audience_hint:
      'the id of that AgentOS (the "os_id" of GET /info), unless another audience is configured there',
    accepted_credential: server?.mode === "security_key" ? "the security key" : "a JWT",
    alternative: "",
    user_id_claim: server?.userIdClaim ?? "sub",
    cookie_name: "access_token",
    header_name: "Authorization",
    limit_characters: MAX_IDENTIFIER_CHARACTERS,
    limit_hours: MAX_TOKEN_LIFETIME_SECONDS / 3_600,
  };
}

const SHOWN = [
  ["expected_audience", "the server expects the audience", "server"],
  ["token_audience", "the token is for", "the token"],
  ["expected_issuer", "the server expects the issuer", "server"],
  ["token_issuer", "the token comes from", "the token"],
  ["exp", '"exp" is', "the token"],
  ["lifetime_seconds", "the token lives, in seconds,", "the token"],
] as const;

/** The evidence for a code. */
export function describeFacts(
  code: ErrorCode,
  facts: Facts,
  { answer, refusal, server }: DiagnosisInput,
  claims: Readonly<Record<string, unknown>> | undefined,
): readonly Evidence[] {
  const serverSource: EvidenceSource =
    refusal === undefined ? (server?.source ?? "the answer") : "the denial record";
  const evidence: Evidence[] = answer === undefined ? [] : [sawStatus(answer.status)];
  for (const [name, text, source] of SHOWN) {
    const value = facts[name];
    if (value === undefined) continue;
    evidence.push({
      fact: `${text} ${typeof value === "object" ? value.join(", ") : String(value)}`,
      source: source === "server" ? serverSource : source,
    });
  }
  if (code.startsWith("AUTH_AUDIENCE") && facts["expected_audience"] === undefined) {
    if (server?.id !== undefined)
      evidence.push({ fact: `the id of the server is ${server.id.slice(0, 200)}`, source: server.source });
    evidence.push(...tokenAudience(claims, server));
  }
  if (
    code === "AUTH_EXPIRATION_IN_MILLISECONDS" &&
    facts["exp"] === undefined &&
    typeof claims?.["exp"] === "number"
  )
    evidence.push({ fact: `"exp" is ${claims["exp"]}`, source: "the token" });
  return evidence;
}

function tokenAudience(
  claims: Readonly<Record<string, unknown>> | undefined,
  server: KnownServer | undefined,
): readonly Evidence[] {
  const value = claims?.[server?.audienceClaim ?? "aud"];
  const listed = (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === "string");
  if (listed.length === 0) return [];
  const shown = listed.slice(0, 5).map((entry) => entry.slice(0, 200));
  return [{ fact: `the token is for ${shown.join(", ")}`, source: "the token" }];
}

export function sawStatus(status: number): Evidence {
  return { fact: `the server answered ${status}`, source: "the answer" };
}
