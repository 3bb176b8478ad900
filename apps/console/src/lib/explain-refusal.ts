/** What is known of a refusal, put together: the words of the control plane first, those of the instance where there are no others. */
import {
  type AgentOSClient,
  AgentOSRefusal,
  type ClientError,
  type ControlPlaneClient,
} from "@agentos/client";
import { describeFault } from "./describe-fault.ts";
import { asSentence, clip } from "./words.ts";

export type Diagnosis = Awaited<ReturnType<ControlPlaneClient["diagnoses"]["create"]>>;
export type Finding = Diagnosis["causes"][number];
export type Denial = Awaited<ReturnType<AgentOSClient["denials"]["read"]>>;

export interface Explanation {
  readonly cause: string;
  readonly certainty: Finding["certainty"];
  /** The cause is what a server says that is not ours: its words. */
  readonly isQuoted: boolean;
  readonly code: string | undefined;
  /** Of HTTP; undefined where nothing came back. */
  readonly status: number | undefined;
  readonly fix: string | undefined;
  readonly command: string | undefined;
  readonly choices: Finding["choices"];
  readonly evidence: Finding["evidence"];
  /** What may be the cause, too. */
  readonly others: readonly Finding[];
  /** `GET /agents`. */
  readonly route: string | undefined;
  readonly denialId: string | undefined;
  readonly denial: Denial | undefined;
  readonly requiredScopes: readonly string[];
  readonly missingScopes: readonly string[];
}

export interface KnownOfRefusal {
  readonly error: ClientError;
  readonly diagnosis?: Diagnosis | undefined;
  readonly denial?: Denial | undefined;
}

/** It names no cause, only that the command line knows none. */
const NOTHING_FOUND = "CLI_ANSWER_UNKNOWN";
/** Causes that a diagnosis finds, and answers that a control plane gives. */
const OF_OURS = /^(?:(?:INSTANCE|TOKEN|CLI|AUTH_SIGN_IN|SCOPE_ROLE)_|SCOPE_NOT_A_MEMBER$)/;
const MAX_ROUTE = 200;

export function explainRefusal({ error, diagnosis, denial }: KnownOfRefusal): Explanation {
  const [first, ...others] = (diagnosis?.causes ?? []).filter(({ code }) => code !== NOTHING_FOUND);
  const refusal = error instanceof AgentOSRefusal ? error : undefined;
  const request = "request" in error ? error.request : undefined;
  const shared = {
    status: refusal?.status,
    route: request === undefined ? undefined : clip(`${request.method} ${request.path}`, MAX_ROUTE),
    denialId: refusal?.denialId,
    denial,
    requiredScopes: preferNamed(refusal?.requiredScopes, first?.required_scopes),
    missingScopes: preferNamed(refusal?.missingScopes, first?.missing_scopes),
    others,
  };
  if (first !== undefined) return { ...shared, ...describeFinding(first), isQuoted: false };
  const { cause, fix, code: said, isQuoted } = describeFault(error);
  // What only we can know is nothing that follows from a stranger's word.
  const code = isQuoted && said !== undefined && OF_OURS.test(said) ? undefined : said;
  return {
    ...shared,
    cause,
    // A server of ours says why; another one says what it likes.
    certainty: isQuoted || refusal === undefined ? "cannot tell" : "certain",
    isQuoted,
    code,
    fix,
    command: undefined,
    choices: [],
    evidence: [],
  };
}

/** What the caller lacks, as far as anybody says so. */
export function readNeededScopes({
  missingScopes,
  requiredScopes,
}: Pick<Explanation, "missingScopes" | "requiredScopes">): readonly string[] {
  return missingScopes.length > 0 ? missingScopes : requiredScopes;
}

/** A Python AgentOS names scopes in a sentence alone: the control plane has read it. */
function preferNamed(
  named: readonly string[] = [],
  found: readonly string[] | undefined = [],
): readonly string[] {
  return named.length > 0 ? named : found;
}

function describeFinding({ title, certainty, code, fix, command, choices, evidence }: Finding) {
  return {
    cause: asSentence(title),
    certainty,
    code,
    fix: asSentence(fix),
    command: command ?? undefined,
    choices,
    evidence,
  };
}
