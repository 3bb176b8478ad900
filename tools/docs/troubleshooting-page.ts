// docs/troubleshooting.md: its start is written by hand (troubleshooting-start.md beside this file), the sections are
// made of the catalogue, one for each code. A link to a code that does not exist fails the generation.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ERRORS,
  type ErrorCode,
  type ErrorEntry,
  FIX_COMMANDS,
  LIMITS,
  type LimitEntry,
  REFUSALS,
  REJECTIONS,
  type RefusalEntry,
  type RejectionEntry,
  STAGES,
} from "@agentos/contract";
import { anchor, code, fillPlaces, prose, table, upperFirst } from "./markdown.ts";

const START = join(import.meta.dirname, "troubleshooting-start.md");

const HEAD =
  "<!-- Made by tools/generate-docs.ts. Written by hand: the start, in tools/docs/troubleshooting-start.md. From the code: everything below it. Change those, then `npm run generate`. -->\n";

/** Sentences that only the Python AgentOS answers with (contract 1.6), and what they mean. */
const PYTHON_SENTENCES: readonly (readonly [sentence: string, codes: readonly ErrorCode[]])[] = [
  [
    "Error decoding token: Could not parse the provided public key.",
    ["KEY_UNREADABLE", "KEY_TRUNCATED", "KEY_FILE_PATH", "KEY_EMPTY"],
  ],
  ["Error decoding token: … object has no attribute 'verify'", ["KEY_PRIVATE"]],
  ["Error decoding token: … should not be used as an HMAC secret.", ["KEY_PUBLIC_AS_SECRET"]],
  ["Invalid or expired service account token", ["AUTH_SERVICE_ACCOUNT_REFUSED"]],
  ["Too many failed authentication attempts", ["AUTH_THROTTLED"]],
];

/** What a cause looks like to a caller, who sees the sentence of these codes. */
const LOOKS_LIKE: Readonly<Partial<Record<ErrorCode, readonly ErrorCode[]>>> = {
  AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY: ["AUTH_ALGORITHM_MISMATCH"],
  AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET: ["AUTH_ALGORITHM_MISMATCH"],
  AUTH_SIGNED_BY_ANOTHER_KEY: ["AUTH_SIGNATURE_INVALID"],
  AUTH_CLOCKS_DIFFER: ["AUTH_TOKEN_EXPIRED", "AUTH_TOKEN_NOT_YET_VALID", "AUTH_ISSUED_IN_FUTURE"],
  AUTH_TOKEN_NEVER_VALID: ["AUTH_TOKEN_EXPIRED"],
  AUTH_HEADER_MALFORMED: ["AUTH_TOKEN_MALFORMED", "AUTH_SCHEME_UNSUPPORTED"],
  AUTH_CREDENTIAL_LOST: ["AUTH_HEADER_MISSING"],
  AUTH_SERVER_TOO_OLD: ["AUTH_TOKEN_NOT_ACCEPTED"],
  AUTH_SECURITY_KEY_WITH_JWT: ["AUTH_SECURITY_KEY_NOT_ACCEPTED"],
  AUTH_DATABASE_UNAVAILABLE: ["AUTH_KEYS_UNAVAILABLE"],
  SCOPE_MISSPELT: ["SCOPE_MISSING"],
  SCOPE_CASE_WRONG: ["SCOPE_MISSING"],
  SCOPE_SEPARATOR_WRONG: ["SCOPE_MISSING"],
  SCOPE_WILDCARD_UNKNOWN: ["SCOPE_MISSING"],
  SCOPE_ENTRIES_JOINED: ["SCOPE_MISSING"],
  SCOPE_CLAIM_OTHER: ["SCOPE_MISSING"],
  SCOPE_PREREQUISITE_MISSING: ["SCOPE_MISSING"],
};

const GROUPS: readonly (readonly [heading: string, belongs: (name: string, entry: ErrorEntry) => boolean])[] =
  [
    ["401: the credential", (_, entry) => entry.kind === "refusal" && entry.status === 401],
    [
      "401: what only a diagnosis can tell apart",
      (name, entry) => entry.kind === "cause" && name.startsWith("AUTH_"),
    ],
    [
      "403: what the caller may do",
      (_, entry) => entry.kind === "refusal" && entry.status === 403 && !isFrame(entry),
    ],
    [
      "403: scopes that are nearly right",
      (name, entry) => entry.kind === "cause" && name.startsWith("SCOPE_"),
    ],
    [
      "400, 413, 414, 429 and 503: not now, not so much, or not from this page",
      (_, entry) =>
        (entry.kind === "refusal" && (entry.status > 403 || entry.status === 400)) ||
        (entry.kind === "limit" && !isFrame(entry)),
    ],
    ["On a WebSocket that is open", (_, entry) => isFrame(entry)],
    ["The control plane: what is there stands against the request", (_, entry) => entry.kind === "rejection"],
    [
      "The control plane: what it sees of an instance",
      (name, entry) => entry.kind === "cause" && /^(INSTANCE|TOKEN)_/.test(name),
    ],
    ["Keys, at the start", (name, entry) => entry.kind !== "refusal" && name.startsWith("KEY_")],
    ["Configuration, at the start", (name, entry) => entry.kind !== "refusal" && name.startsWith("CONFIG_")],
    ["The database, at the start", (name, entry) => entry.kind !== "limit" && name.startsWith("STORE_")],
    ["The server cannot be asked", (name) => name.startsWith("CLI_")],
  ];

/** Told over a connection that is open, where there is no status. */
function isFrame(entry: ErrorEntry): boolean {
  return (entry.kind === "refusal" || entry.kind === "limit") && entry.seenAs !== undefined;
}

export function troubleshootingPage(): string {
  const start = readFileSync(START, "utf8").trimEnd();
  for (const [, name = ""] of start.matchAll(/\]\(#([A-Z_0-9]+)\)/g))
    if (!Object.hasOwn(ERRORS, name))
      throw new Error(`troubleshooting-start.md links to ${name}, which is no code`);
  const entries = Object.entries(ERRORS);
  const sections = GROUPS.map(([heading, belongs]) => {
    const members = entries.filter(([name, entry]) => belongs(name, entry)).toSorted(byStage);
    return { heading, members };
  });
  const placed = new Set(sections.flatMap(({ members }) => members.map(([name]) => name)));
  const lost = entries.filter(([name]) => !placed.has(name));
  if (lost.length > 0)
    throw new Error(`no section of troubleshooting.md takes ${lost.map(([name]) => name).join(", ")}`);
  return [
    `${HEAD}\n${start}`,
    "## By the sentence in the answer",
    "The sentence is the `detail` of the answer, in 401 and 403 word for word the same in the Python AgentOS. Several causes may share one; the doctor tells them apart.",
    sentencesTable(),
    ...sections.flatMap(({ heading, members }) => [`## ${heading}`, ...members.map(describe)]),
    "",
  ].join("\n\n");
}

const link = (name: string) => `[${name}](#${name})`;

function byStage([, a]: readonly [string, ErrorEntry], [, b]: readonly [string, ErrorEntry]): number {
  if (a.kind !== "refusal" || b.kind !== "refusal") return 0;
  return STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage);
}

function sentencesTable(): string {
  const byDetail = Map.groupBy(
    Object.entries<RefusalEntry | LimitEntry | RejectionEntry>({ ...REFUSALS, ...LIMITS, ...REJECTIONS }),
    ([, entry]) => entry.detail,
  );
  const rows = [...byDetail].map(([detail, members]): readonly [string, string] => {
    const own = members.map(([name]) => name as ErrorCode);
    const finer = Object.entries(LOOKS_LIKE).flatMap(([name, seen]) =>
      seen.some((seenCode) => own.includes(seenCode)) ? [name] : [],
    );
    return [code(fillPlaces(detail)), [...own, ...finer].map(link).join(", ")];
  });
  const python = PYTHON_SENTENCES.map(([sentence, codes]) => [
    `${code(sentence)} (Python)`,
    codes.map(link).join(", "),
  ]);
  return table(
    ["sentence", "causes"],
    [...rows, ...python].toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
}

function describe([name, entry]: readonly [string, ErrorEntry]): string {
  const command = FIX_COMMANDS[name as ErrorCode];
  const looksLike = LOOKS_LIKE[name as ErrorCode];
  return [
    anchor(name),
    `### ${name}`,
    "",
    `${upperFirst(prose(entry.title))}.`,
    "",
    ...describeSeen(entry),
    ...(looksLike === undefined
      ? []
      : [`**From outside** it looks like ${looksLike.map(link).join(" or ")}.`, ""]),
    `**Fix:** ${prose(entry.fix)}.`,
    ...(command === undefined ? [] : ["", "```bash", toPaste(command), "```"]),
  ].join("\n");
}

/** Where it is met; nothing for what only a diagnosis finds. */
function describeSeen(entry: ErrorEntry): readonly string[] {
  if (entry.kind === "cause") return [];
  const seenAs = entry.kind === "rejection" ? undefined : entry.seenAs;
  if (entry.kind === "fault") {
    const atStart = `this at the start, as ${entry.severity === "error" ? "an error that stops it" : "a warning"}`;
    return [`**You see** ${seenAs === undefined ? atStart : prose(seenAs)}.`, ""];
  }
  const answer = seenAs === undefined ? `HTTP ${entry.status}` : prose(seenAs);
  return [`**You see** ${answer}, ${code(fillPlaces(entry.detail))}.`, ""];
}

function toPaste(command: string): string {
  return fillPlaces(command.replaceAll("{cli}", "npx --no agentos"));
}
