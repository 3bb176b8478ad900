// docs/reference/limits.md: the option `limits`, the limits that no option changes, and how a run says that it ended at
// one. Numbers come from the constants. An `error_type` without words, or words without one, fails the generation.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITS, type LimitCode, type LimitEntry, MEMORY_LIMITS } from "@agentos/contract";
import { MAX_TARGET_BYTES } from "../../packages/guard/src/app/request-line.ts";
import {
  FEW_REVOCATIONS,
  MAX_REVOCATIONS,
  RESERVED_REVOCATIONS,
  SPARE_REVOCATIONS,
} from "../../packages/guard/src/revocations/revocation-store.ts";
import {
  AUTHENTICATE_WITHIN_SECONDS,
  MAX_BYTES_PER_SECOND,
  MAX_CONTROL_FRAMES,
  MAX_FAILED_ATTEMPTS,
  MAX_FRAGMENTS,
  MAX_FRAME_BYTES,
  MAX_SOCKETS,
  MAX_SOCKETS_PER_CALLER,
  MAX_STRAY_FRAMES,
  MAX_UNKNOWN_BYTES,
  MAX_UNREAD_BYTES,
  MAX_WAITING_FRAMES,
  MAX_WAITING_PER_ADDRESS,
  MAX_WAITING_SOCKETS,
  RENEW_WITHIN_SECONDS,
} from "../../packages/guard/src/sockets/socket-limits.ts";
import { MAX_MODEL_REQUESTS_PER_RUN } from "../../packages/server/src/agents/agent-limits.ts";
import {
  MAX_MEMORIES_PER_OWNER,
  MAX_TOLD_BYTES,
  MAX_TOLD_MEMORIES,
} from "../../packages/server/src/memories/memory-limits.ts";
import {
  MAX_CONTINUE_BYTES,
  MAX_FORM_BYTES,
  MAX_FORM_FIELDS,
  MAX_JSON_DEPTH,
  MAX_MEDIA_COUNT,
  MAX_MESSAGE_LENGTH,
  MAX_OPTION_JSON_LENGTH,
  MAX_OPTION_JSON_MARKS,
  MAX_PART_HEADER_BYTES,
} from "../../packages/server/src/runs/form/form-limits.ts";
import { MAX_DECISIONS } from "../../packages/server/src/runs/read-decisions.ts";
import { MAX_IDEMPOTENCY_KEY_LENGTH } from "../../packages/server/src/runs/request-hash.ts";
import {
  MAX_CLIENT_ID_BYTES,
  MAX_CLIENT_ID_LENGTH,
  MAX_CONTENT_LENGTH,
  MAX_SESSION_STATE_BYTES,
  MAX_SUMMARY_BYTES,
  MAX_UNREAD_SECONDS,
} from "../../packages/server/src/runs/run-limits.ts";
import { code, EDITION, GENERATED, prose, table } from "./markdown.ts";
import { declaredTable } from "./options-page.ts";
import { readMembers } from "./read-tsdoc.ts";

const SERVER = join(import.meta.dirname, "../../packages/server/src");

const count = (value: number) => value.toLocaleString("en");
const kibibytes = (bytes: number) => `${count(bytes / 1024)} KiB`;

/** A code of the catalogue, as a link. */
function refusal(name: LimitCode): string {
  const { status, seenAs }: LimitEntry = LIMITS[name];
  return `${seenAs === undefined ? status : prose(seenAs)} [${name}](errors.md#${name})`;
}

const errorType = (name: keyof typeof ERROR_TYPES) => `the run ends with \`${name}\``;

/** What a run says as `error_type` of the event `RunError`, and what to do about it. */
const ERROR_TYPES = {
  memory_limit: [
    "The runs of this caller, or of all, held more memory than they may, and this run held most.",
    "read streams as they come, ask for shorter answers, or raise `limits.runMebibytesPerCaller` or `limits.runMebibytes`",
  ],
  session_state_limit: [
    `The tools left more than ${kibibytes(MAX_SESSION_STATE_BYTES)} of state. The session keeps the state that it had.`,
    "keep large values elsewhere, and only their ids in the state",
  ],
  content_limit: [
    `The answer grew beyond ${count(MAX_CONTENT_LENGTH)} characters.`,
    "ask for less at once, or limit the output of the model",
  ],
  model_request_limit: [
    `The agent asked its model ${MAX_MODEL_REQUESTS_PER_RUN} times without an end: tools called one another in a circle.`,
    "say in the instructions when to stop, and let tools tell what went wrong",
  ],
  model_error: [
    "The model or its provider refused or failed; tries that help have been made.",
    "look for the `error_id` in the server's log",
  ],
  store_error: [
    "The database did not take the end of the run, tried again for some seconds where it was away or busy. It is kept as this error once the database answers again; the answer is lost.",
    "look for the `error_id` in the server's log, and send the message again",
  ],
  interrupted: [
    "The server stopped or crashed while the run went on. Stored runs say so after the next start, or some seconds later where another server finds them.",
    "send the message again; tools may have acted already",
  ],
  checkpoint_damaged: [
    "The run waited for a place, and what it was asked cannot be read any more: its row is damaged.",
    "send the message again",
  ],
  run_error: [
    "Anything else that was thrown. The text for the caller says nothing of it.",
    "look for the `error_id` in the server's log; throw a `RunFailure` where the caller may know the reason",
  ],
} as const satisfies Readonly<Record<string, readonly [meaning: string, fix: string]>>;

export function limitsPage(): string {
  checkErrorTypes(Object.keys(ERROR_TYPES));
  return [
    `${GENERATED}# Limits`,
    `${EDITION} A server has memory for so many runs. What is over a limit is refused by name, with the cause and the fix; what grows over one is ended by name.`,
    "## `limits`",
    'How much runs may take of one process of `new AgentOS`. A JSON configuration has the same option under the same name. "Per caller" holds for a caller whom its credential names; those who share a nameless one share what there is. A limit of one caller or user that is larger than that of all together stops the start. `storedMebibytes` is for data in memory (`"database": null`), where the oldest makes room; in a database only `storedMebibytesPerUser` holds, for users whom a credential names, and what is over it is refused with [STORE_SESSIONS_FULL](errors.md#STORE_SESSIONS_FULL).',
    declaredTable(readMembers(join(SERVER, "agent-os/limit-options.ts"), "LimitOptions")),
    '```json\n{\n  "id": "shop",\n  "agents": [{ "id": "assistant", "model": "offline:echo" }],\n  "limits": { "activeRuns": 500, "activeRunsPerCaller": 50, "runMebibytes": 64.5 }\n}\n```',
    "Limits that you set are printed at the start, in the policy block, with those that follow from them.",
    "## Fixed limits",
    "No option changes these.",
    table(["what", "at most", "above it"], fixedLimits()),
    "JSON of an option is measured without the spaces around its values. In a form, text of an option that is no JSON object (a media list: no JSON list) is dropped with a warning in the log, as clients expect it; in a JSON body it is a 422.",
    "## How a run says that it ended at a limit",
    "A run that has begun ends with the event `RunError` (without a stream: status `ERROR`). Its `content` is for people, its `error_type` for programs; tools and your own runnables may use others. The `error_id` names the line in the server's log.",
    table(
      ["`error_type`", "what happened", "what to do"],
      Object.entries(ERROR_TYPES).map(([name, [meaning, fix]]) => [code(name), meaning, fix]),
    ),
    "## Refusals in the log",
    "A refused request leaves a warning with `code`, `limit`, `caller`, `route`, `count` and `fix`. One line stands for all equal refusals of a caller within ten minutes: it is written for the first, and again each time that their count has grown tenfold. [All codes](errors.md#limits-at-a-glance).",
    "",
  ].join("\n\n");
}

function fixedLimits(): readonly (readonly string[])[] {
  const option = "422, for `session_state` too";
  return [
    ["path and query of a request", kibibytes(MAX_TARGET_BYTES), refusal("INPUT_TARGET_TOO_LONG")],
    ["body of a request", `${MAX_FORM_BYTES / 1024 ** 2} MiB`, refusal("INPUT_BODY_TOO_LARGE")],
    ["body of a `/continue`", `${MAX_CONTINUE_BYTES / 1024 ** 2} MiB`, refusal("INPUT_BODY_TOO_LARGE")],
    ["decisions of a `/continue`", count(MAX_DECISIONS), "400"],
    ["fields of a body", count(MAX_FORM_FIELDS), refusal("INPUT_FIELDS_TOO_MANY")],
    ["`Idempotency-Key`", `${MAX_IDEMPOTENCY_KEY_LENGTH} visible ASCII characters`, "400"],
    [
      "headers of one part of a form",
      kibibytes(MAX_PART_HEADER_BYTES),
      refusal("INPUT_PART_HEADERS_TOO_LARGE"),
    ],
    ["`message`", `${count(MAX_MESSAGE_LENGTH)} characters`, "422"],
    [
      "`session_id`, `user_id`",
      `${count(MAX_CLIENT_ID_LENGTH)} characters, and ${count(MAX_CLIENT_ID_BYTES)} bytes of UTF-8`,
      "422",
    ],
    [
      "files and media of a run",
      count(MAX_MEDIA_COUNT),
      `${refusal("INPUT_MEDIA_TOO_MANY")}, [INPUT_MEDIA_TOO_COMPLEX](errors.md#INPUT_MEDIA_TOO_COMPLEX)`,
    ],
    [
      "`session_state`, with what the session has",
      `${kibibytes(MAX_SESSION_STATE_BYTES)} of JSON`,
      `${refusal("RUN_STATE_TOO_LARGE")}; in a run ${errorType("session_state_limit")}`,
    ],
    [
      "`dependencies`, `metadata`",
      `${count(MAX_OPTION_JSON_LENGTH)} characters of JSON`,
      "422 (`factory_input`: 400)",
    ],
    ["nesting of an option", `${MAX_JSON_DEPTH} levels`, option],
    [
      "values of an option",
      `${count(MAX_OPTION_JSON_MARKS)} brackets, commas and colons outside of texts`,
      option,
    ],
    [
      "the same of a whole JSON body",
      "what its options may have together",
      `${refusal("INPUT_JSON_TOO_COMPLEX")}, [INPUT_JSON_TOO_DEEP](errors.md#INPUT_JSON_TOO_DEEP)`,
    ],
    ["answer of a run", `${count(MAX_CONTENT_LENGTH)} characters`, errorType("content_limit")],
    ["summary of a session, by a model", kibibytes(MAX_SUMMARY_BYTES), "the rest is cut"],
    ["memory of a user", `${count(MEMORY_LIMITS.maxLength)} characters`, "422"],
    [
      "topics of a memory",
      `${MEMORY_LIMITS.maxTopics}, of ${MEMORY_LIMITS.maxTopicLength} characters each`,
      "422",
    ],
    ["memories of a user", count(MAX_MEMORIES_PER_OWNER), refusal("STORE_MEMORIES_FULL")],
    [
      "memories of which a model is told",
      `the newest ${MAX_TOLD_MEMORIES}, ${kibibytes(MAX_TOLD_BYTES)} of JSON`,
      "the rest is left out",
    ],
    [
      "revocations that are kept at a time",
      `${count(MAX_REVOCATIONS)}, of users and keys ${count(RESERVED_REVOCATIONS)} more, for callers of whom fewer than ${FEW_REVOCATIONS} are kept ${SPARE_REVOCATIONS} beyond that`,
      refusal("STORE_REVOCATIONS_FULL"),
    ],
    ["model requests of a run", count(MAX_MODEL_REQUESTS_PER_RUN), errorType("model_request_limit")],
    [
      "events of a stream that its client leaves unread",
      `${MAX_UNREAD_SECONDS} seconds`,
      "the stream is cut, and its run is cancelled",
    ],
    ...socketLimits(),
  ];
}

/** Of a WebSocket: what is over them ends it, unless it is refused before it opens. */
function socketLimits(): readonly (readonly string[])[] {
  const ends = (closeCode: number) => `the WebSocket ends with ${closeCode}`;
  return [
    ["open WebSockets", count(MAX_SOCKETS), refusal("RUN_SERVER_SOCKETS")],
    ["open WebSockets of a user", count(MAX_SOCKETS_PER_CALLER), refusal("RUN_CALLER_SOCKETS")],
    [
      "WebSockets of one address (of IPv6: one /64) that are not authenticated",
      count(MAX_WAITING_PER_ADDRESS),
      refusal("RUN_ADDRESS_SOCKETS"),
    ],
    ["the same, of all addresses", count(MAX_WAITING_SOCKETS), "the oldest of them ends with 1013"],
    ["bytes of a WebSocket that is not authenticated", kibibytes(MAX_UNKNOWN_BYTES), ends(1009)],
    [
      "such a WebSocket",
      `${AUTHENTICATE_WITHIN_SECONDS} seconds, ${MAX_FAILED_ATTEMPTS} failed attempts in a row, ${MAX_STRAY_FRAMES} other frames`,
      ends(1008),
    ],
    ["a WebSocket whose token has expired", `${RENEW_WITHIN_SECONDS / 60} minutes`, ends(1008)],
    [
      "message of a WebSocket",
      `${kibibytes(MAX_FRAME_BYTES)}, in ${MAX_FRAGMENTS} fragments`,
      `${ends(1009)}, of fragments with 1008`,
    ],
    [
      "bytes of messages of a WebSocket in a second",
      kibibytes(MAX_BYTES_PER_SECOND),
      "it is read on in the next second",
    ],
    ["pings and pongs of a client in a second", count(MAX_CONTROL_FRAMES), ends(1008)],
    ["messages that wait for the one before them", count(MAX_WAITING_FRAMES), ends(1008)],
    [
      "bytes that a client of a WebSocket leaves unread",
      kibibytes(MAX_UNREAD_BYTES),
      "the connection is cut",
    ],
  ];
}

/** Each `error_type` that the server's source names has words here, and no other has. */
function checkErrorTypes(documented: readonly string[]): void {
  const files = globSync("**/*.ts", { cwd: SERVER }).filter(
    (file) => !/\.(?:test|suite|fixture)\.ts$/.test(file),
  );
  const named = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(SERVER, file), "utf8").matchAll(/\berrorType\b[^"\n;]*"(\w+)"/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  );
  const difference = [
    ...documented.filter((name) => !named.has(name)),
    ...[...named].filter((name) => !documented.includes(name)),
  ];
  if (difference.length > 0)
    throw new Error(`error types named and documented differ: ${difference.join(", ")}`);
}
