/** The checks of a request as a person can follow them: as the instance has recorded them, or as its answer tells. */
import type { Explanation } from "./explain-refusal.ts";

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped" | "unknown";
  readonly detail: string | undefined;
}

export interface Checks {
  /** Recorded by the instance itself; otherwise told from the answer. */
  readonly isRecorded: boolean;
  readonly steps: readonly Check[];
}

const STEPS = [
  { id: "way", title: "Origin", stages: ["loopback", "origin"] },
  { id: "credential", title: "Kind of credential", stages: ["credential", "shape"] },
  { id: "signature", title: "Key and signature", stages: ["header", "key", "signature"] },
  {
    id: "claims",
    title: "Lifetime and audience",
    stages: [
      "claims",
      "expiration",
      "not-before",
      "issued-at",
      "lifetime",
      "issuer",
      "type",
      "audience",
      "subject",
    ],
  },
  { id: "revocation", title: "Revocation", stages: ["revocation"] },
  { id: "scopes", title: "Scopes", stages: ["scopes", "isolation"] },
] as const;

type StepId = (typeof STEPS)[number]["id"];

/** What failed, within a step. */
const STAGE_WORDS: Readonly<Record<string, string>> = {
  loopback: "the machine that it comes from",
  origin: "the web page that sent it",
  credential: "the credential",
  shape: "the shape of the token",
  header: "the header of the token",
  key: "the key",
  signature: "the signature",
  claims: "the claims",
  expiration: "the end of the token",
  "not-before": "the start of the token",
  "issued-at": "the time of issue",
  lifetime: "how long it lives",
  issuer: "the issuer",
  type: "the kind of token",
  audience: "the audience",
  subject: "the subject",
  revocation: "revocations",
  scopes: "the scopes",
  isolation: "whose data it is",
};

/** First that fits: where the check is that a code names. */
const STEP_OF_CODE: readonly (readonly [codes: RegExp, step: StepId])[] = [
  [/^(?:SCOPE_|TOKEN_(?:SCOPE|ROLE)_|AUTH_USER_|AUTH_SOCKET_SCOPES)/, "scopes"],
  [/REVOKED|REVOCATION|^AUTH_SIGN_IN_ENDED$/, "revocation"],
  [
    /^AUTH_(?:HOST|PROXY|PEER|ORIGIN|SITE|CORS|COOKIE_CROSS|SOCKET_ORIGIN)_|^INSTANCE_(?:NOT_REACHED|TIMED_OUT|CORS|MIXED|LOCAL)/,
    "way",
  ],
  [/^AUTH_ISSUER_(?:UNNAMED|UNKNOWN)$|^AUTH_TOKEN_TYPE_REFUSED$|^AUTH_HEADER_CRITICAL$/, "signature"],
  [
    /^AUTH_(?:CREDENTIAL|COOKIE|SCHEME|SECURITY_KEY|SERVICE_ACCOUNT|SERVER|THROTTLED|SIGN_IN_REQUIRED|DATABASE|HEADER|PAYLOAD_DAMAGED)/,
    "credential",
  ],
  [
    /^AUTH_TOKEN_(?:NOT_ACCEPTED|TOO_LARGE|CHARACTERS|QUOTED|SPACED|MALFORMED|ENCRYPTED|HEADER|MISSING|EMPTY|OPAQUE|PASETO)|^INSTANCE_(?:BOTH|AUTHORIZATION|SECURITY_KEY|VERSION|OPEN|SWITCH)/,
    "credential",
  ],
  [/ALGORITHM|SIGNATURE|SIGNED|_KEYS?(?:_|$)|HMAC/, "signature"],
  [
    /^AUTH_(?:PAYLOAD|JWT_ID|SIGN_IN_ID|EXPIRATION|TOKEN|NOT_BEFORE|ISSUED|LIFETIME|ISSUER|AUDIENCE|ID_TOKEN|REFRESH|LOGOUT|EVENT|SUBJECT|CLOCKS|SOCKET_OTHER)|AUDIENCE|OS_ID/,
    "claims",
  ],
];

/** Undefined for what is no check of a request. */
export function findStep(code: string): StepId | undefined {
  return STEP_OF_CODE.find(([codes]) => codes.test(code))?.[1];
}

export function listChecks({ denial, code, status }: Explanation): Checks {
  if (denial?.view === "operator" && Array.isArray(denial.timeline) && denial.timeline.length > 0)
    return { isRecorded: true, steps: STEPS.flatMap((step) => readStep(step, denial.timeline)) };
  const failed = code === undefined ? undefined : findStep(code);
  const at = STEPS.findIndex(({ id }) => id === (failed ?? (status === 403 ? "scopes" : undefined)));
  return {
    isRecorded: false,
    steps: STEPS.map(({ id, title }, index) => {
      if (at < 0)
        return {
          id,
          title,
          state: index === 0 && status !== undefined ? "passed" : "unknown",
          detail: undefined,
        };
      if (index === at) return { id, title, state: "failed", detail: undefined };
      return { id, title, state: index < at ? "passed" : "skipped", detail: undefined };
    }),
  };
}

interface RecordedStage {
  readonly stage: string;
  readonly outcome: string;
}

/** None for a step that this instance does not take. */
function readStep(
  { id, title, stages }: (typeof STEPS)[number],
  timeline: readonly RecordedStage[],
): readonly Check[] {
  const own = timeline.filter(({ stage }) => stages.some((name) => name === stage));
  const failed = own.find(({ outcome }) => outcome === "failed");
  if (failed !== undefined) {
    const detail = `Stopped by the check of ${STAGE_WORDS[failed.stage] ?? failed.stage}.`;
    return [{ id, title, state: "failed", detail }];
  }
  if (own.every(({ outcome }) => outcome === "not configured")) return [];
  const wasReached = own.some(({ outcome }) => outcome === "passed");
  return [{ id, title, state: wasReached ? "passed" : "skipped", detail: undefined }];
}
