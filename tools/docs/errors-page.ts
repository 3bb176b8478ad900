// docs/reference/errors.md: every code of the catalogue, refusals first. Made of the catalogue alone.
import {
  CAUSES,
  type CauseEntry,
  ERRORS,
  type ErrorEntry,
  FAULTS,
  type FaultEntry,
  LIMITS,
  type LimitEntry,
  REFUSALS,
  REJECTIONS,
  type RefusalEntry,
  type RejectionEntry,
  STAGES,
} from "@agentos/contract";
import {
  anchor,
  code,
  codeList,
  EDITION,
  fillPlaces,
  GENERATED,
  prose,
  table,
  upperFirst,
} from "./markdown.ts";

const AREAS: Readonly<Record<string, string>> = {
  AUTH: "Who calls",
  SCOPE: "What the caller may do",
  INPUT: "What was sent",
  RUN: "Runs",
  STORE: "Storage",
  KEY: "Keys",
  CONFIG: "Configuration",
  CLI: "Command line",
  SIGN: "Signing in",
  LINK: "One-time links",
  PASSWORD: "Passwords",
  SESSION: "Sessions of people",
  PERSON: "People",
  MEMBER: "Members",
  MEMBERS: "Members",
  MEMBERSHIP: "Members",
  ROLE: "Roles",
  INSTANCE: "Instances",
  SIGNING: "Signing keys",
  TOKEN: "Tokens",
};

type Entries<Entry extends ErrorEntry> = readonly (readonly [code: string, entry: Entry])[];

export function errorsPage(): string {
  const refusals: Entries<RefusalEntry> = Object.entries<RefusalEntry>(REFUSALS).toSorted(
    ([, a], [, b]) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage),
  );
  const faults: Entries<FaultEntry> = Object.entries<FaultEntry>(FAULTS);
  return [
    `${GENERATED}# Errors`,
    `${EDITION} It lists all ${Object.keys(ERRORS).length} codes: **refusals**, which answer a request that may not be served, **limits**, which answer one that there is no room for, **rejections**, which a control plane answers where what is there stands against a request, **faults**, which a start reports, and **causes**, which only a diagnosis can tell apart. Codes are never renamed and never used again.`,
    INTRODUCTION,
    "## Refusals at a glance",
    "In the order in which a request is checked; the first check that fails answers.",
    table(
      ["status", "check", "code", "cause"],
      refusals.map(([name, entry]) => [statusOf(entry), entry.stage, link(name), prose(entry.title)]),
    ),
    "## Limits at a glance",
    "The caller was let in; there is no room. The options and the fixed limits: [limits](limits.md).",
    table(
      ["status", "code", "cause", "come back"],
      Object.entries<LimitEntry>(LIMITS).map(([name, entry]) => [
        statusOf(entry),
        link(name),
        prose(entry.title),
        entry.retryAfterSeconds === undefined ? "no: send less" : `after ${entry.retryAfterSeconds} seconds`,
      ]),
    ),
    "## Rejections at a glance",
    "The person may, and the request is in order; nothing was done.",
    table(
      ["status", "code", "cause"],
      Object.entries<RejectionEntry>(REJECTIONS).map(([name, entry]) => [
        String(entry.status),
        link(name),
        prose(entry.title),
      ]),
    ),
    "## Faults at a glance",
    table(
      ["", "code", "cause"],
      faults.map(([name, entry]) => [
        entry.seenAs === undefined ? entry.severity : "later",
        link(name),
        prose(entry.title),
      ]),
    ),
    ...byArea(refusals, "Refusals", describeRefusal),
    ...byArea(Object.entries<LimitEntry>(LIMITS), "Limits", describeLimit),
    ...byArea(Object.entries<RejectionEntry>(REJECTIONS), "Rejections", describeRejection),
    ...byArea(faults, "Faults", describeFault),
    ...byArea(Object.entries<CauseEntry>(CAUSES), "Causes", describeCause),
    "",
  ].join("\n\n");
}

const INTRODUCTION = `A refusal's body (RFC 9457) has \`type\`, \`title\` (the cause), \`status\`, \`detail\`, \`code\`, \`fix\` and \`denial_id\`; a missing scope adds \`required_scopes\` and \`missing_scopes\`. Words in \`<…>\` are filled in for the request. An AgentOS serves each entry of this page itself, under \`/errors/CODE\`. The answer to a request over a limit has the same members but \`denial_id\`: nothing was denied, so there is no record, and the [log](limits.md#refusals-in-the-log) has a line.

**Seen by** says who learns what. The *caller* sees the code, the cause, the fix and the facts that are named there; the *operator* finds everything else (expected and got, keys tried, the checks one by one) in the denial record under the \`denial_id\`.`;

const link = (name: string) => `[${name}](#${name})`;

function byArea<Entry extends ErrorEntry>(
  entries: Entries<Entry>,
  kind: string,
  describe: (entry: Entry) => readonly string[],
): readonly string[] {
  const areas = Map.groupBy(entries, ([name]) => name.split("_")[0] ?? "");
  return [...areas].flatMap(([area, members]) => [
    `## ${kind}: ${AREAS[area] ?? area} (${area})`,
    ...members.map(([name, entry]) => [anchor(name), `### ${name}`, "", ...describe(entry)].join("\n")),
  ]);
}

function describeRefusal(entry: RefusalEntry): readonly string[] {
  const shown = entry.publicFacts.filter((fact) => fact !== "cli");
  const facts = shown.length === 0 ? "" : `, who is also shown ${codeList(shown)}`;
  const seenBy =
    entry.publicCode === undefined
      ? `the operator and the caller${facts}`
      : `the operator; the caller is shown ${link(entry.publicCode)} instead`;
  return [
    entry.seenAs === undefined
      ? `HTTP ${entry.status} · check \`${entry.stage}\` · ${challengeText(entry)}`
      : `${upperFirst(prose(entry.seenAs))} · check \`${entry.stage}\``,
    "",
    `- **Cause:** ${prose(entry.title)}`,
    `- **Fix:** ${prose(entry.fix)}`,
    `- **The client sees:** ${code(fillPlaces(entry.detail))}`,
    `- **Seen by:** ${seenBy}`,
  ];
}

/** What comes over a connection that is open has no status. */
const statusOf = ({ status, seenAs }: RefusalEntry | LimitEntry) =>
  seenAs === undefined ? String(status) : "frame";

function challengeText({ challenge }: RefusalEntry): string {
  if (challenge === "none") return "no challenge";
  return challenge === "bare"
    ? "`WWW-Authenticate: Bearer`"
    : `\`WWW-Authenticate: Bearer error="${challenge}"\``;
}

function describeLimit(entry: LimitEntry): readonly string[] {
  const { status, seenAs, retryAfterSeconds: seconds } = entry;
  return [
    seenAs === undefined
      ? `HTTP ${status}${seconds === undefined ? "" : ` · \`Retry-After: ${seconds}\``}`
      : upperFirst(prose(seenAs)),
    "",
    `- **Cause:** ${prose(entry.title)}`,
    `- **Fix:** ${prose(entry.fix)}`,
    `- **The client sees:** ${code(fillPlaces(entry.detail))}`,
    "- **Seen by:** the caller, and the operator in the log: who, on which route, how often",
  ];
}

function describeRejection(entry: RejectionEntry): readonly string[] {
  return [
    `HTTP ${entry.status} of a control plane`,
    "",
    `- **Cause:** ${prose(entry.title)}`,
    `- **Fix:** ${prose(entry.fix)}`,
    `- **The client sees:** ${code(fillPlaces(entry.detail))}`,
    "- **Seen by:** the person who asked",
  ];
}

function describeFault(entry: FaultEntry): readonly string[] {
  return [
    entry.seenAs === undefined
      ? entry.severity === "error"
        ? "Stops the start"
        : "Printed at the start as a warning"
      : upperFirst(prose(entry.seenAs)),
    "",
    `- **Cause:** ${prose(entry.title)}`,
    `- **Fix:** ${prose(entry.fix)}`,
    "- **Seen by:** the operator only",
  ];
}

function describeCause(entry: CauseEntry): readonly string[] {
  return [
    "Found by a diagnosis (`agentos doctor`, `agentos token explain`, the console)",
    "",
    `- **Cause:** ${prose(entry.title)}`,
    `- **Fix:** ${prose(entry.fix)}`,
  ];
}
