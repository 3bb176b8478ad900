/**
 * The diagnosis: from what the client saw, what is known of the server and the token, to the causes that apply, the
 * surest first. It tells apart what a refusal must not, because whoever asks holds the token or runs the server.
 */
import { ADMIN_SCOPE, type ErrorCode, type Facts } from "@agentos/contract";
import { decide } from "../decide/decide.ts";
import { compileGrants } from "../scope/grants.ts";
import { DEFAULT_CLAIM_NAMES, type TokenPolicy } from "../token/policy.ts";
import { readScopes } from "../token/read-scopes.ts";
import type { Cause, Certainty, DiagnosisInput, Evidence, KnownServer } from "./diagnosis.ts";
import { type InspectedToken, inspectToken } from "./inspect-token.ts";
import { type CauseParts, makeCause } from "./make-cause.ts";
import { readAnswer } from "./read-answer.ts";
import { type CredentialKind, classifyCredential, refineCredential } from "./refine-credential.ts";
import { refineScopes, SCOPE_CODES } from "./refine-scopes.ts";
import { ALGORITHM_CODES, refineAlgorithm, refineSignature, SIGNATURE_CODES } from "./refine-signature.ts";
import { refineTimes, TIME_CODES } from "./refine-times.ts";

interface Seen {
  readonly input: DiagnosisInput;
  readonly kind: CredentialKind;
  readonly inspected: InspectedToken | undefined;
}

const RANK: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, "cannot tell": 2 };

/** Names the causes; never throws. Empty only when there is nothing to explain. */
export function diagnose(input: DiagnosisInput): readonly Cause[] {
  const kind = classifyCredential(input.credential);
  const seen: Seen = { input, kind, inspected: kind === "jwt" ? inspect(input) : undefined };
  const parts = [...fromAnswer(seen), ...(input.answer === undefined ? fromToken(seen) : [])];
  return rank(parts).map((part) => makeCause(part, input.cli));
}

function inspect({ credential = "", server, answer, now }: DiagnosisInput): InspectedToken {
  return inspectToken(credential.trim(), {
    policy: policyOf(server),
    algorithms: server?.algorithms ?? [],
    now: answer?.serverTime ?? now,
  });
}

/** What the server checks as far as it is known; what is unknown is not held against the token. */
function policyOf(server: KnownServer | undefined): TokenPolicy {
  return {
    audience: server?.audience ?? undefined,
    issuer: server?.issuer,
    requiresExpiration: true,
    maxLifetimeSeconds: 86_400,
    verifiesSignature: true,
    adminScope: server?.adminScope ?? ADMIN_SCOPE,
    claimNames: {
      ...DEFAULT_CLAIM_NAMES,
      scopes: server?.scopesClaim,
      userId: server?.userIdClaim ?? DEFAULT_CLAIM_NAMES.userId,
      audience: server?.audienceClaim ?? DEFAULT_CLAIM_NAMES.audience,
    },
  };
}

function fromAnswer(seen: Seen): readonly CauseParts[] {
  const { answer, server } = seen.input;
  if (answer === undefined || answer.status < 400) return [];
  const meaning = readAnswer(answer);
  if (answer.status !== 403) {
    const wrongKind = refineCredential(seen.kind, server);
    if (wrongKind.length > 0) return wrongKind;
  }
  const [first] = meaning.codes;
  if (first === undefined)
    return [{ code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell", evidence: [sawStatus(answer.status)] }];
  // Several codes share one sentence: the token, if somebody has it, shows which of them is true.
  const shown = seen.inspected?.objections.find(({ code }) => meaning.codes.includes(code));
  const code = shown?.code ?? first;
  const isSure = meaning.isNamed || meaning.codes.length === 1 || shown !== undefined;
  return refine(code, { ...meaning.facts, ...shown?.facts }, isSure ? "certain" : "likely", seen);
}

/** Without an answer the token alone speaks: each objection of the checks is a cause. */
function fromToken(seen: Seen): readonly CauseParts[] {
  const { server, request } = seen.input;
  const wrongKind = refineCredential(seen.kind, server);
  if (wrongKind.length > 0) return wrongKind;
  if (seen.inspected === undefined) return [];
  const objections = seen.inspected.objections.flatMap(({ code, facts }) =>
    refine(code, facts, "certain", seen),
  );
  const scopes = request === undefined || server?.enforcesScopes === false ? [] : judgeScopes(seen);
  return [...objections, ...scopes];
}

function judgeScopes({ input, inspected }: Seen): readonly CauseParts[] {
  const claims = inspected?.unverifiedClaims;
  if (claims === undefined || input.request === undefined) return [];
  const { route, parameters } = input.request;
  const grants = compileGrants(
    readScopes(claims, input.server?.scopesClaim),
    input.server?.adminScope ?? ADMIN_SCOPE,
  );
  const decision = decide(grants, route, parameters);
  return decision.isAllowed ? [] : refineScopes(decision.code, decision.required, claims, input);
}

function refine(
  code: ErrorCode,
  facts: Facts,
  certainty: Certainty,
  { input, inspected }: Seen,
): readonly CauseParts[] {
  const claims = inspected?.unverifiedClaims;
  const signature = {
    header: inspected?.unverifiedHeader,
    token: inspected === undefined ? undefined : input.credential,
    server: input.server,
  };
  if (TIME_CODES.includes(code))
    return refineTimes(code, { claims, now: input.now, serverTime: input.answer?.serverTime });
  if (ALGORITHM_CODES.includes(code)) return [refineAlgorithm(code, signature)];
  if (SIGNATURE_CODES.includes(code)) return refineSignature(signature);
  if (SCOPE_CODES.includes(code)) {
    const required = facts["required_scopes"];
    return refineScopes(code, typeof required === "object" ? required : [], claims, input);
  }
  return [
    { code, certainty, facts: { ...placesFor(input.server), ...facts }, evidence: describe(facts, input) },
  ];
}

/** Values of catalogue places that a refusal's facts may lack when the server is not ours. */
function placesFor(server: KnownServer | undefined): Facts {
  return {
    audience_claim: server?.audienceClaim ?? "aud",
    user_id_claim: server?.userIdClaim ?? "sub",
    cookie_name: "access_token",
    header_name: "Authorization",
    limit_characters: 256,
  };
}

function describe(facts: Facts, { answer, server }: DiagnosisInput): readonly Evidence[] {
  const evidence: Evidence[] = answer === undefined ? [] : [sawStatus(answer.status)];
  const shown = [
    ["expected_audience", "expects the audience", server?.source ?? "the configuration"],
    ["token_audience", "the token is for", "the token"],
    ["expected_issuer", "expects the issuer", server?.source ?? "the configuration"],
    ["token_issuer", "the token comes from", "the token"],
    ["exp", '"exp" is', "the token"],
    ["lifetime_seconds", "the token lives, in seconds,", "the token"],
  ] as const;
  for (const [name, text, source] of shown) {
    const value = facts[name];
    if (value !== undefined)
      evidence.push({
        fact: `${text} ${typeof value === "object" ? value.join(", ") : String(value)}`,
        source,
      });
  }
  return evidence;
}

function sawStatus(status: number): Evidence {
  return { fact: `the server answered ${status}`, source: "the answer" };
}

/** The surest first, in the order of the checks otherwise; each code once. */
function rank(parts: readonly CauseParts[]): readonly CauseParts[] {
  const unique = parts.filter((part, index) => parts.findIndex(({ code }) => code === part.code) === index);
  return unique.toSorted((a, b) => RANK[a.certainty] - RANK[b.certainty]);
}
