/** Any error of a call as what a page shows: cause first, then what to do, then the ids. */
import { AgentOSRefusal, type ClientError, ConnectionFault, InvalidInput } from "@agentos/client";
import { humanizeTimes } from "./time-words.ts";
import { asSentence, clip } from "./words.ts";

export interface FaultWords {
  /** What happened, in one line. */
  readonly cause: string;
  /** What to do about it. */
  readonly fix: string | undefined;
  readonly code: string | undefined;
  readonly denialId: string | undefined;
  readonly missingScopes: readonly string[];
  /** Coming again may help; signing in or a change of rights does not stand between. */
  readonly canRetry: boolean;
  /** The texts are those of an instance, or of who knows whom: they are shown as words of theirs, never as ours. */
  readonly isQuoted: boolean;
}

const MAX_TEXT = 600;
const plain = { code: undefined, denialId: undefined, missingScopes: [], isQuoted: false } as const;

const CONNECTION_WORDS: Readonly<Record<ConnectionFault["reason"], readonly [cause: string, fix: string]>> = {
  unreachable: [
    "The server cannot be reached.",
    "See that it runs and that this browser may connect to it, then try again.",
  ],
  "timed-out": ["The server did not answer in time.", "Try again; if it stays so, look at the server's log."],
  aborted: ["The request was stopped.", "Start it again if you still need it."],
  redirected: [
    "The server sent this request elsewhere, where no credential is ever sent.",
    "Use the address that it is served at, without a redirect.",
  ],
  "not-agentos": [
    "The answer is not that of an AgentOS: a proxy or another program is at this address.",
    "Check the address, and what stands between.",
  ],
  "too-large": ["The answer is larger than the console reads.", "Ask for less at a time."],
  "stream-lost": [
    "The connection was lost, and the run could not be taken up again.",
    "Load the session again: the run may have gone on.",
  ],
  "no-token": [
    "No token could be made for this instance.",
    "Load the page again: it may be at another address now, or somebody else may be signed in. If it stays so, look at the instance's page.",
  ],
};

/**
 * Said to the client of the control plane. Whatever else answers is a stranger, and may look like us, its address too: its
 * words are quoted, and what it says of the person's sign-in or role is nothing that it could know. Without a request it was
 * us.
 */
function isOfControlPlane(error: ClientError): boolean {
  return error.request === undefined || error.request.server === "control-plane";
}

/** Describes it. What no client throws is a fault of the console itself. */
export function describeFault(error: unknown): FaultWords {
  if (error instanceof AgentOSRefusal) return describeRefusal(error);
  if (error instanceof InvalidInput) return describeInvalid(error);
  if (error instanceof ConnectionFault) {
    const [cause, fix] = CONNECTION_WORDS[error.reason];
    return { ...plain, cause, fix, canRetry: error.reason !== "redirected" };
  }
  return {
    ...plain,
    cause: "The console itself made a mistake.",
    fix: "Load the page again; if it comes back, report it with what you did before.",
    canRetry: true,
  };
}

/** What to do on a page, where the catalogue says it for who calls the API. */
const FIXES_ON_A_PAGE: Readonly<Record<string, string>> = {
  MEMBERSHIP_CHANGED: "look at what you may do now, then try once more",
  SESSION_UNKNOWN: "load the page again: the list is old",
  // The sign-in page says below the form who can help.
  SIGN_IN_FAILED: "check both",
  LINK_FOR_SELF: "change your password in Settings",
  LINK_DETAILS_MISSING: "fill in what is missing",
  MEMBER_UNKNOWN: "load the page again: the list of members is old",
};

function describeRefusal(refusal: AgentOSRefusal): FaultWords {
  const { status, code, title, detail, denialId, missingScopes } = refusal;
  const isOurs = refusal.isOurs && isOfControlPlane(refusal);
  const known = isOurs && code !== undefined && Object.hasOwn(FIXES_ON_A_PAGE, code);
  const fix = known ? FIXES_ON_A_PAGE[code] : refusal.fix;
  return {
    // What is quoted stays as it was said.
    cause: isOurs
      ? asSentence(humanizeTimes(clip(title ?? detail, MAX_TEXT)))
      : clip(title ?? detail, MAX_TEXT),
    fix: fix === undefined ? undefined : isOurs ? asSentence(clip(fix, MAX_TEXT)) : clip(fix, MAX_TEXT),
    code,
    denialId,
    missingScopes,
    canRetry: status >= 429,
    isQuoted: !isOurs,
  };
}

function describeInvalid(error: InvalidInput): FaultWords {
  const issues = clip(
    error.issues.map(({ location, message }) => nameIssue(location, message)).join("; "),
    MAX_TEXT,
  );
  if (!isOfControlPlane(error))
    return { ...plain, cause: issues, fix: undefined, canRetry: false, isQuoted: true };
  return {
    ...plain,
    cause: error.issues.length === 1 ? "A value cannot be used." : "Some values cannot be used.",
    fix: issues,
    canRetry: false,
  };
}

function nameIssue(location: readonly (string | number)[], message: string): string {
  const field = location.slice(1).join(".");
  return field === "" ? message : `${field} ${message}`;
}

/** In one line, where there is room for no more. */
export function sayCause(error: unknown): string {
  const { cause, isQuoted } = describeFault(error);
  return isQuoted ? `The server says: “${cause}”` : cause;
}

/** For a toast: the menu in which it was tried is closed by then. */
export function describeFailedSignOut(error: unknown) {
  const { cause } = describeFault(error);
  return {
    title: "Signing out failed",
    description: `${cause} You are still signed in: try again.`,
    isFault: true,
  };
}

/** The session behind the page is over, so nothing is answered until somebody signs in. */
export function isSessionOver(error: unknown): boolean {
  return (
    error instanceof AgentOSRefusal &&
    isOfControlPlane(error) &&
    (error.code === "AUTH_SIGN_IN_REQUIRED" || error.code === "AUTH_SIGN_IN_ENDED")
  );
}

/** The person is something else in the organization than this page knows. */
export function isMembershipOld(error: unknown): boolean {
  return (
    error instanceof AgentOSRefusal &&
    isOfControlPlane(error) &&
    (error.code === "SCOPE_ROLE_INSUFFICIENT" ||
      error.code === "SCOPE_NOT_A_MEMBER" ||
      error.code === "MEMBERSHIP_CHANGED")
  );
}

/** The message for one field of a form, where the server named it. */
export function faultOfField(error: ClientError | null, field: string): string | undefined {
  if (!(error instanceof InvalidInput)) return undefined;
  const issue = error.issues.find(({ location }) => location[0] === "body" && location[1] === field);
  return issue === undefined ? undefined : asSentence(clip(issue.message, 200));
}
