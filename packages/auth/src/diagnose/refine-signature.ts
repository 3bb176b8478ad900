/** Algorithm and signature: which of the two sides has the other kind of key, or another key, or a damaged token. */
import type { ErrorCode, Facts } from "@agentos/contract";
import { base64urlBytes, isBase64url } from "../encoding/base64url.ts";
import { isSignatureLength, isSigningAlgorithm } from "../keys/model/algorithms.ts";
import { type Evidence, type KnownServer, listAlgorithms } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

export interface SignatureSeen {
  readonly header: Readonly<Record<string, unknown>> | undefined;
  readonly token: string | undefined;
  readonly server: KnownServer | undefined;
  /** Of a denial record: labels of the keys that were tried. */
  readonly keysTried?: readonly string[] | undefined;
}

export const ALGORITHM_CODES: readonly ErrorCode[] = [
  "AUTH_ALGORITHM_MISMATCH",
  "AUTH_ALGORITHM_UNSUPPORTED",
  "AUTH_ALGORITHM_NONE",
];
export const SIGNATURE_CODES: readonly ErrorCode[] = ["AUTH_SIGNATURE_INVALID", "AUTH_SIGNATURE_MALFORMED"];

/** Names both algorithms; the Python AgentOS tells neither. */
export function refineAlgorithm(
  code: ErrorCode,
  { header, server }: SignatureSeen,
  recorded: Facts,
): CauseParts {
  const named = header?.["alg"] ?? recorded["token_algorithm"];
  const algorithm = typeof named === "string" ? named.slice(0, 20) : undefined;
  const known = listAlgorithms(server?.keys ?? []);
  const isKnown = known.length > 0;
  // Without an algorithm configured every AgentOS expects RS256 (contract 1.2); when it refuses just that, another one is.
  const expected = isKnown ? known : [algorithm === "RS256" ? "another algorithm" : "RS256"];
  const evidence: Evidence[] = [
    ...(algorithm === undefined ? [] : [{ fact: `"alg" is ${algorithm}`, source: "the token" as const }]),
    isKnown
      ? { fact: `the server expects ${expected.join(", ")}`, source: server?.source ?? "the answer" }
      : algorithm === "RS256"
        ? { fact: "the server refuses RS256, so another algorithm is configured", source: "the answer" }
        : { fact: "an AgentOS expects RS256, unless configured otherwise", source: "the answer" },
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
export function refineSignature(
  code: ErrorCode,
  { header, token, server, keysTried = [] }: SignatureSeen,
): readonly CauseParts[] {
  const signature = token?.split(".")[2];
  const kid = header?.["kid"];
  const algorithm = typeof header?.["alg"] === "string" ? header["alg"] : "";
  if (signature !== undefined && isDamaged(signature, algorithm)) {
    const fact = `the signature has ${signature.length} characters, which no ${algorithm || "signature"} signature has`;
    return [
      {
        code: "AUTH_SIGNATURE_MALFORMED",
        certainty: "certain",
        facts: {
          signature_found: `has ${signature.length} characters, which is a wrong length for its algorithm`,
        },
        evidence: [{ fact, source: "the token" }],
      },
    ];
  }
  // Without the token only the server's own word is there; a wrong length it calls damaged.
  if (token === undefined && code === "AUTH_SIGNATURE_MALFORMED") return [{ code, certainty: "certain" }];
  const isKidKnown = typeof kid === "string" && server?.keys?.some((key) => key.kid === kid) === true;
  const shown: Evidence[] =
    typeof kid === "string"
      ? [{ fact: `"kid" is ${JSON.stringify(kid.slice(0, 100))}`, source: "the token" }]
      : [];
  if (isKidKnown) {
    const fact = 'the server has a key with this "kid", and the signature is not of that key';
    return [
      {
        code: "AUTH_SIGNATURE_INVALID",
        certainty: "likely",
        evidence: [...shown, { fact, source: server.source }],
      },
    ];
  }
  const used = [...(algorithm === "" ? listAlgorithms(server?.keys ?? []) : [algorithm]), ...keysTried];
  // Neither the token nor a key is known: whoever refused has said all there is.
  if (used.length === 0) return [{ code, certainty: "certain" }];
  // A secret has no thumbprint to compare, and no public half to hand out.
  if (used.every((name) => name.startsWith("HS"))) {
    const facts = { token_algorithm: /^HS\d{3}/.exec(used[0] ?? "")?.[0] ?? "HS256" };
    return [{ code: "AUTH_SIGNED_WITH_ANOTHER_SECRET", certainty: "likely", facts, evidence: shown }];
  }
  return [{ code: "AUTH_SIGNED_BY_ANOTHER_KEY", certainty: "likely", evidence: shown }];
}

function isDamaged(signature: string, algorithm: string): boolean {
  if (!isBase64url(signature) || signature === "") return true;
  return isSigningAlgorithm(algorithm) && !isSignatureLength(algorithm, base64urlBytes(signature));
}
