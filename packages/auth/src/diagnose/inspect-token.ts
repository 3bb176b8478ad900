/**
 * Everything that the checks would object to in a token, without its key: the same checks that a server runs, each
 * after the one before it has been put right. What only a key can tell is left open.
 */
import { REFUSALS } from "@agentos/contract";
import { decodeJsonObject, isBase64url } from "../encoding/base64url.ts";
import { type Refusal, refuse } from "../outcome/result.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { checkAllClaims } from "../token/check-all-claims.ts";
import { checkHeader } from "../token/check-header.ts";
import { readShape } from "../token/read-shape.ts";
import { MAX_TOKEN_BYTES } from "../token/token-limits.ts";

type Claims = Readonly<Record<string, unknown>>;

const TOO_LARGE = refuse("AUTH_TOKEN_TOO_LARGE", { limit_bytes: MAX_TOKEN_BYTES });

/** What can be said of a token without any key. */
export interface InspectedToken {
  /** In the order of the checks. */
  readonly objections: readonly Refusal[];
  /** Undefined when it is no JSON object in base64url. */
  readonly unverifiedHeader: Claims | undefined;
  /** Undefined when they are no JSON object in base64url. Anybody could have written them. */
  readonly unverifiedClaims: Claims | undefined;
}

/** The server that the token is meant for. */
export interface InspectOptions {
  /** What it checks. */
  readonly policy: TokenPolicy;
  /** Algorithms of the server's keys; none when they are not known. */
  readonly algorithms: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** Inspects a token; never throws, and needs no key. */
export function inspectToken(token: string, options: InspectOptions): InspectedToken {
  const shape = token.length > MAX_TOKEN_BYTES ? TOO_LARGE : readShape(token);
  const [headerSegment = "", payloadSegment = ""] = token.trim().split(".");
  const unverifiedHeader = decodeJsonObject(headerSegment);
  const unverifiedClaims = decodeJsonObject(payloadSegment);
  const read = { unverifiedHeader, unverifiedClaims };
  if (!shape.ok) return { ...read, objections: [shape.fault] };

  const header = checkHeader(shape.value.header, options.algorithms);
  const outer: readonly Refusal[] = header.ok
    ? [
        ...judgeAlgorithm(header.value.algorithm, options.algorithms),
        ...(isSignatureDamaged(shape.value.signature)
          ? [{ code: "AUTH_SIGNATURE_MALFORMED" as const, facts: {} }]
          : []),
      ]
    : [header.fault];
  const inner =
    unverifiedClaims === undefined
      ? [{ code: "AUTH_PAYLOAD_INVALID" as const, facts: {} }]
      : judgeClaims(unverifiedClaims, options);
  return { ...read, objections: [...outer, ...inner] };
}

/** No algorithm makes such a signature, whatever the key. */
function isSignatureDamaged(signature: string): boolean {
  return signature === "" || !isBase64url(signature);
}

function judgeAlgorithm(algorithm: string, expected: readonly string[]): readonly Refusal[] {
  if (expected.length === 0 || expected.includes(algorithm)) return [];
  return [
    { code: "AUTH_ALGORITHM_MISMATCH", facts: { token_algorithm: algorithm, expected_algorithms: expected } },
  ];
}

function judgeClaims(original: Claims, { policy, now }: InspectOptions): readonly Refusal[] {
  const objections: Refusal[] = [];
  let claims: Claims | undefined = original;
  // Each round puts one claim right, so there are never more rounds than claims that can be wrong.
  for (let round = 0; claims !== undefined && round < 12; round += 1) {
    const checked = checkAllClaims(claims, policy, now);
    if (checked.ok) break;
    objections.push(checked.fault);
    claims = putRight(claims, checked.fault, policy, now);
  }
  return objections;
}

/** The claims with what was refused put right; undefined when that cannot be done. */
function putRight(claims: Claims, { code }: Refusal, policy: TokenPolicy, now: number): Claims | undefined {
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
