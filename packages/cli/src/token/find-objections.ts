/**
 * Everything that an AgentOS would object to in a token. The judge is always the engine itself, so this can never
 * say something else than a server. The engine stops at its first objection; to find the next, the claims are
 * signed again with a key made for this moment, the claim in question put right, and judged once more.
 */
import {
  createStaticKeySource,
  createTokenVerifier,
  isSigningAlgorithm,
  parseVerificationKey,
  type Refusal,
  type SigningAlgorithm,
  type TokenPolicy,
  type VerificationKey,
} from "@agentos/auth";
import { exportPublicPem, generateSigningKey, SIGNING_ALGORITHMS, signToken } from "@agentos/auth/mint";
import { CLAIM_STAGES, REFUSALS } from "@agentos/contract";
import { type DecodedToken, isSignatureDamaged } from "./decode-token.ts";

export interface ObjectionOptions {
  readonly policy: TokenPolicy;
  /** Keys to verify with; none when the signature is not to be checked. */
  readonly keys: readonly VerificationKey[];
  /** Seconds since 1970. */
  readonly now: number;
}

export interface Findings {
  /** In the order of the checks; the first is what a server would answer. */
  readonly objections: readonly Refusal[];
  readonly signature: "verified" | "refused" | "not checked";
  /** Label of the key that verified it. */
  readonly keyLabel: string | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** Judges a token. */
export async function findObjections(decoded: DecodedToken, options: ObjectionOptions): Promise<Findings> {
  const checksSignature = options.keys.length > 0;
  const keys = checksSignature ? options.keys : [await createDecoyKey(decoded)];
  const first = await judge(decoded.token, keys, options);
  const claimObjections = await judgeClaims(decoded, options);
  if (first.refusal === undefined) return { objections: [], signature: "verified", keyLabel: first.keyLabel };

  const { stage } = REFUSALS[first.refusal.code];
  const isClaim = CLAIM_STAGES.includes(stage);
  // The one fault of this stage that can also be found before the signature.
  const isPayloadFault = first.refusal.code === "AUTH_PAYLOAD_INVALID";
  // Reaching the claims means that the signature held; the decoy never lets a token get so far.
  const isDecoyVerdict =
    !checksSignature &&
    (stage === "signature" || first.refusal.code === "AUTH_SIGNATURE_MALFORMED") &&
    !isSignatureDamaged(decoded.token);
  const outer = isClaim || isDecoyVerdict ? [] : [first.refusal];
  return {
    objections: isClaim && claimObjections.length === 0 ? [first.refusal] : [...outer, ...claimObjections],
    signature: checksSignature ? (isClaim && !isPayloadFault ? "verified" : "refused") : "not checked",
    keyLabel: undefined,
  };
}

async function judgeClaims(decoded: DecodedToken, options: ObjectionOptions): Promise<readonly Refusal[]> {
  const original = decoded.unverifiedClaims;
  if (original === undefined) {
    return decoded.token.split(".").length === 3 ? [{ code: "AUTH_PAYLOAD_INVALID", facts: {} }] : [];
  }
  const key = await generateSigningKey({ algorithm: "ES256" });
  const parsed = await parseVerificationKey(await exportPublicPem(key), {
    source: "this command",
    index: 0,
    algorithm: "ES256",
  });
  const objections: Refusal[] = [];
  let claims: Claims = original;
  // Each round puts one claim right, so there are never more rounds than claims that can be wrong.
  for (let round = 0; round < 12; round += 1) {
    const { refusal } = await judge(await signToken(key, claims, { kid: null }), parsed.keys, options);
    if (refusal === undefined) break;
    objections.push(refusal);
    const repaired = putRight(claims, refusal, options);
    if (repaired === undefined) break;
    claims = repaired;
  }
  return objections;
}

/** The claims with what was refused put right; undefined when that cannot be done. */
function putRight(claims: Claims, { code }: Refusal, { policy, now }: ObjectionOptions): Claims | undefined {
  const soon = Math.floor(now) + 60;
  const without = (...names: readonly string[]): Claims =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
  switch (REFUSALS[code].stage) {
    case "claims":
      return code === "AUTH_JWT_ID_INVALID" ? without("jti") : undefined;
    case "expiration":
      return { ...claims, exp: soon };
    case "not-before":
      return without("nbf");
    case "issued-at":
      return without("iat");
    case "lifetime":
      return { ...claims, exp: soon, iat: Math.floor(now) };
    case "issuer":
      return { ...claims, iss: policy.issuer };
    case "audience":
      return { ...claims, [policy.claimNames.audience]: policy.audience };
    case "type":
      return without("cnf", "nonce", "at_hash", "c_hash");
    case "subject":
      return without(policy.claimNames.userId);
    default:
      return undefined;
  }
}

async function judge(
  token: string,
  keys: readonly VerificationKey[],
  { policy, now }: ObjectionOptions,
): Promise<{ readonly refusal: Refusal | undefined; readonly keyLabel: string | undefined }> {
  const verifier = createTokenVerifier({
    keySource: createStaticKeySource(keys),
    policy,
    now: () => now,
    sha256: (text) => text,
    cacheEntries: 0,
  });
  const result = await verifier.verify(token);
  return result.ok
    ? { refusal: undefined, keyLabel: result.value.keyLabel }
    : { refusal: result.refusal, keyLabel: undefined };
}

/** Lets the engine judge everything before the signature: it fits every algorithm, and its length fits no signature. */
async function createDecoyKey({ unverifiedHeader }: DecodedToken): Promise<VerificationKey> {
  const { key } = await generateSigningKey({ algorithm: "ES256" });
  const wanted = unverifiedHeader?.["alg"];
  const algorithms: readonly SigningAlgorithm[] =
    typeof wanted === "string" && isSigningAlgorithm(wanted) ? [wanted] : SIGNING_ALGORITHMS;
  return {
    index: 0,
    source: "this command",
    kid: undefined,
    algorithms,
    type: "EC",
    key,
    label: "none",
    thumbprint: undefined,
    signatureBytes: -1,
    repairs: [],
    answersUnknownKid: true,
  };
}
