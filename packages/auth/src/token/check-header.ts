/** The protected header: algorithm, type, extensions. Nothing in it is trusted to choose a key's material. */

import { decodeJsonObject } from "../encoding/base64url.ts";
import { isSigningAlgorithm } from "../keys/model/algorithms.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";

export interface TokenHeader {
  readonly algorithm: string;
  readonly kid: string | undefined;
  /** The token brings or names a key (`jwk`, `jku`, `x5u`, `x5c`): ignored, and named when no key of ours verifies. */
  readonly namesOwnKey: boolean;
}

const ACCEPTED_TYPES = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);

/** Reads the header; `expectedAlgorithms` (public, see style.md section 4) go into the refusal. */
export function checkHeader(segment: string, expectedAlgorithms: readonly string[]): Result<TokenHeader> {
  const header = decodeJsonObject(segment);
  if (header === undefined) return refuse("AUTH_TOKEN_HEADER_INVALID");
  const expected = { expected_algorithms: expectedAlgorithms };

  const { alg, typ, kid } = header;
  if (typeof alg === "string" && alg.toLowerCase() === "none") return refuse("AUTH_ALGORITHM_NONE", expected);
  if (typeof alg !== "string" || !isSigningAlgorithm(alg))
    return refuse("AUTH_ALGORITHM_UNSUPPORTED", expected);
  // RFC 7515 section 4.1.11; this also refuses "b64" (RFC 7797), which must be listed in "crit".
  if (header["crit"] !== undefined || header["b64"] === false) return refuse("AUTH_HEADER_CRITICAL");
  if (typ !== undefined && (typeof typ !== "string" || !ACCEPTED_TYPES.has(typ.toLowerCase()))) {
    return refuse("AUTH_TOKEN_TYPE_REFUSED");
  }
  if (kid !== undefined && typeof kid !== "string") return refuse("AUTH_KEY_ID_INVALID");
  return ok({
    algorithm: alg,
    kid,
    namesOwnKey: ["jwk", "jku", "x5u", "x5c"].some((name) => header[name] !== undefined),
  });
}
