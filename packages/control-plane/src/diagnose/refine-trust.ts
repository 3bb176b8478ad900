/** The instance asks for tokens and refuses one that was minted here: what of key, algorithm, audience or standing it is. */
import type { ErrorCode } from "@agentos/contract";
import { formatDuration } from "@agentos/contract/text";
import { type FindingParts, makeFinding } from "./make-finding.ts";
import type { Finding, MintedToken, RefusedRequest } from "./refused-request.ts";

const ALGORITHM: readonly ErrorCode[] = [
  "AUTH_ALGORITHM_MISMATCH",
  "AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET",
  "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
];
const UNREADABLE: readonly ErrorCode[] = ["KEY_UNREADABLE", "KEY_PRIVATE", "KEY_PUBLIC_AS_SECRET"];
const SIGNATURE: readonly ErrorCode[] = [
  "AUTH_SIGNATURE_INVALID",
  "AUTH_SIGNED_BY_ANOTHER_KEY",
  "AUTH_KEY_UNKNOWN",
  "AUTH_KEYS_UNAVAILABLE",
];
const AUDIENCE: readonly ErrorCode[] = ["AUTH_AUDIENCE_MISMATCH", "AUTH_AUDIENCE_MISSING"];

const TIME: readonly ErrorCode[] = [
  "AUTH_TOKEN_EXPIRED",
  "AUTH_TOKEN_NOT_YET_VALID",
  "AUTH_ISSUED_IN_FUTURE",
  "AUTH_CLOCKS_DIFFER",
];

/** What the token, as it was minted, says about the cause that the engine has named. */
export function refineTrust(
  refused: RefusedRequest,
  named: Finding,
  minted: MintedToken,
): readonly Finding[] {
  const parts = findParts(refused, named, minted);
  return parts === undefined ? [] : [makeFinding(parts, refused.cli)];
}

function findParts(refused: RefusedRequest, named: Finding, minted: MintedToken): FindingParts | undefined {
  const code = named.code as ErrorCode;
  const said = named.evidence;
  if (ALGORITHM.includes(code))
    return {
      code: "INSTANCE_ALGORITHM_OTHER",
      certainty: "certain",
      evidence: [
        MINTED_HERE,
        { fact: "the instance refuses the algorithm of the token", source: "the answer" },
      ],
    };
  if (UNREADABLE.includes(code))
    return {
      code: "INSTANCE_KEY_MANGLED",
      certainty: isPlainlyUnreadable(refused) ? named.certainty : "likely",
      evidence: [{ fact: "the instance fails to read its own verification key", source: "the answer" }],
    };
  if (SIGNATURE.includes(code)) return refineKey(refused, code, minted);
  if (TIME.includes(code)) return refineClocks(refused, code, minted);
  if (AUDIENCE.includes(code)) return refineAudience(refused, minted);
  if (code === "AUTH_CREDENTIAL_REVOKED" && minted.revokedFor !== undefined)
    return {
      code: "TOKEN_REVOKED_HERE",
      certainty: "certain",
      facts: { reason: REASONS[minted.revokedFor] ?? "somebody has ended it" },
      evidence: [{ fact: "the instance was told to refuse it", source: "the control plane" }, ...said],
    };
  return undefined;
}

/** "Error decoding token" alone may be anything that goes wrong there. */
function isPlainlyUnreadable({ answer, denial }: RefusedRequest): boolean {
  const { code, detail } = answer?.body ?? {};
  return (
    denial !== undefined ||
    code !== undefined ||
    /Could not (?:parse|deserialize)|no attribute 'verify'|as an HMAC secret/.test(String(detail))
  );
}

const MINTED_HERE = { fact: "the token was signed here with RS256", source: "the control plane" };

const REASONS: Readonly<Record<string, string>> = {
  "session-ended": "the session that it was made in has ended",
  "role-changed": "your role has changed since it was made",
  "member-removed": "its person was removed from the organization",
  "password-changed": "the password was changed, which ends other sessions",
  "key-retired": "the key that has signed it was retired",
};

function refineKey(
  { instance, kids, mayReadPolicy }: RefusedRequest,
  code: ErrorCode,
  { kid }: MintedToken,
): FindingParts | undefined {
  const signed = { fact: `the token is signed with ${kid}`, source: "the control plane" };
  if (!kids.includes(kid))
    return { code: "TOKEN_KEY_RETIRED", certainty: "certain", facts: { kid }, evidence: [signed] };
  const loaded = instance.observed?.keys?.flatMap(({ thumbprint }) =>
    thumbprint === null ? [] : [thumbprint],
  );
  const source = "GET /authz/policy";
  if (loaded?.includes(kid) === true) return undefined;
  if (loaded === undefined || (loaded.length > 0 && !mayReadPolicy))
    return {
      code: "INSTANCE_KEY_OTHER",
      certainty: loaded === undefined ? "likely" : "certain",
      evidence: [
        signed,
        code === "AUTH_KEY_UNKNOWN"
          ? { fact: "the instance knows no such key", source: "the answer" }
          : { fact: "the instance finds that the signature is not of its key", source: "the answer" },
      ],
    };
  if (loaded.length === 0)
    return {
      code: "INSTANCE_KEY_NOT_LOADED",
      certainty: code === "AUTH_KEYS_UNAVAILABLE" || code === "AUTH_KEY_UNKNOWN" ? "certain" : "likely",
      facts: { kid },
      evidence: [signed, { fact: "it has loaded no key", source }],
    };
  const foreign = loaded.slice(0, 3).join(", ");
  return {
    code: "INSTANCE_KEY_FOREIGN",
    certainty: "certain",
    facts: { kid, foreign },
    evidence: [signed, { fact: `it has loaded ${foreign}`, source }],
  };
}

/** By the clock that it was minted by the token is in time: then the instance has another one, and a new token has the same fault. */
function refineClocks(
  { now, answer }: RefusedRequest,
  code: ErrorCode,
  { issuedAt, endsAt }: MintedToken,
): FindingParts | undefined {
  if (now < issuedAt || now >= endsAt) return undefined;
  const seconds = answer?.date === undefined ? Number.NaN : Date.parse(answer.date) / 1_000 - now;
  const isSeen = Number.isFinite(seconds) && (seconds >= endsAt - now || seconds <= issuedAt - now);
  const isAhead = isSeen ? seconds > 0 : code === "AUTH_TOKEN_EXPIRED";
  // Not every instance lets a browser read its clock: what it says of the token is a bound.
  const difference = isSeen
    ? formatDuration(seconds)
    : `more than ${formatDuration(Math.max(isAhead ? endsAt - now : now - issuedAt, 1))}`;
  const valid = `by the clock of the control plane the token is valid for ${formatDuration(endsAt - now)} more`;
  const shown = `the clock of the instance is ${difference} ${isAhead ? "ahead" : "behind"}`;
  return {
    code: "AUTH_CLOCKS_DIFFER",
    certainty: "certain",
    facts: { difference, clocks: "the control plane and the instance" },
    evidence: [
      { fact: valid, source: "the control plane" },
      { fact: shown, source: isSeen ? "the Date of the answer" : "the answer" },
    ],
  };
}

function refineAudience({ instance }: RefusedRequest, { audience }: MintedToken): FindingParts | undefined {
  const { osId, observed } = instance;
  const made = {
    fact: "the token names the id that was known when it was made",
    source: "the control plane",
  };
  if (osId !== null && osId !== audience)
    return { code: "TOKEN_AUDIENCE_STALE", certainty: "certain", evidence: [made] };
  const shown = observed?.osId ?? null;
  // It calls itself what the token names: another audience is configured there.
  if (shown === audience) return undefined;
  return {
    code: "INSTANCE_OS_ID_DIFFERS",
    certainty: shown === null ? "likely" : "certain",
    evidence: [
      made,
      shown === null
        ? { fact: "the instance says that the token is for another AgentOS", source: "the answer" }
        : { fact: "its own id is another one", source: "GET /info" },
    ],
  };
}
