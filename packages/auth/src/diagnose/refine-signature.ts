/** Algorithm and signature: which of the two sides has the other kind of key, or another key, or a damaged token. */
import type { ErrorCode } from "@agentos/contract";
import { base64urlBytes, isBase64url } from "../token/base64url.ts";
import type { Evidence, KnownServer } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

export interface SignatureSeen {
  readonly header: Readonly<Record<string, unknown>> | undefined;
  readonly token: string | undefined;
  readonly server: KnownServer | undefined;
}

export const ALGORITHM_CODES: readonly ErrorCode[] = [
  "AUTH_ALGORITHM_MISMATCH",
  "AUTH_ALGORITHM_UNSUPPORTED",
  "AUTH_ALGORITHM_NONE",
];
export const SIGNATURE_CODES: readonly ErrorCode[] = ["AUTH_SIGNATURE_INVALID", "AUTH_SIGNATURE_MALFORMED"];

/** Signature lengths by algorithm, where the algorithm alone fixes them. */
const SIGNATURE_BYTES: Readonly<Record<string, number>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
  HS256: 32,
  HS384: 48,
  HS512: 64,
};

/** Names both algorithms; the Python AgentOS tells neither. */
export function refineAlgorithm(code: ErrorCode, { header, server }: SignatureSeen): CauseParts {
  const algorithm = typeof header?.["alg"] === "string" ? header["alg"].slice(0, 20) : undefined;
  // Without an algorithm configured every AgentOS expects RS256 (contract 1.2).
  const expected = server?.algorithms ?? ["RS256"];
  const isKnown = server?.algorithms !== undefined;
  const evidence: Evidence[] = [
    ...(algorithm === undefined ? [] : [{ fact: `"alg" is ${algorithm}`, source: "the token" as const }]),
    {
      fact: isKnown ? `expects ${expected.join(", ")}` : "expects RS256, unless configured otherwise",
      source: server?.source ?? "the answer",
    },
  ];
  const facts = { token_algorithm: algorithm ?? "another algorithm", expected_algorithms: expected };
  const certainty = algorithm === undefined || !isKnown ? "likely" : "certain";
  if (algorithm?.toLowerCase() === "none")
    return { code: "AUTH_ALGORITHM_NONE", certainty: "certain", facts, evidence };
  const isSecret = (name: string) => name.startsWith("HS");
  if (algorithm !== undefined && isSecret(algorithm) && !expected.some(isSecret)) {
    return { code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY", certainty, facts, evidence };
  }
  if (algorithm !== undefined && !isSecret(algorithm) && expected.every(isSecret)) {
    return { code: "AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET", certainty, facts, evidence };
  }
  return { code, certainty, facts, evidence };
}

/** A damaged signature shows itself by its form; otherwise another key is the likely cause. */
export function refineSignature({ header, token, server }: SignatureSeen): readonly CauseParts[] {
  const signature = token?.split(".")[2];
  const kid = header?.["kid"];
  const algorithm = typeof header?.["alg"] === "string" ? header["alg"] : "";
  if (signature !== undefined && isDamaged(signature, algorithm)) {
    const fact = `the signature has ${signature.length} characters, which no ${algorithm || "signature"} signature has`;
    return [
      { code: "AUTH_SIGNATURE_MALFORMED", certainty: "certain", evidence: [{ fact, source: "the token" }] },
    ];
  }
  const isKidKnown = typeof kid === "string" && server?.keyIds?.includes(kid) === true;
  const shown: Evidence[] =
    typeof kid === "string"
      ? [{ fact: `"kid" is ${JSON.stringify(kid.slice(0, 100))}`, source: "the token" }]
      : [];
  if (isKidKnown) {
    const fact =
      'the server has a key with this "kid", so the token was altered on its way, or the key was replaced under its old name';
    return [
      {
        code: "AUTH_SIGNATURE_INVALID",
        certainty: "likely",
        evidence: [...shown, { fact, source: server.source }],
      },
    ];
  }
  return [{ code: "AUTH_SIGNED_BY_ANOTHER_KEY", certainty: "likely", evidence: shown }];
}

function isDamaged(signature: string, algorithm: string): boolean {
  if (!isBase64url(signature) || signature === "") return true;
  const expected = SIGNATURE_BYTES[algorithm];
  const bytes = base64urlBytes(signature);
  if (expected !== undefined) return bytes !== expected;
  // RSA signatures are as long as the modulus, which is a whole number of 8 bytes in every key that is made today.
  return /^[RP]S/.test(algorithm) && (bytes < 128 || bytes % 8 !== 0);
}
