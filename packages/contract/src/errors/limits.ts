/** What a server has no room for: the caller was let in, and the request is in order but for its size or its moment. */
import type { LimitEntry } from "./entry.ts";

const limit = { kind: "limit", since: "0.1.0" } as const;
const later = { ...limit, retryAfterSeconds: 5 } as const;
/** Existing clients show one sentence for both. */
const TOO_COMPLEX = "The JSON body has more values, or is nested deeper, than a request needs";
const tooLarge = { ...limit, status: 413 } as const;

export const limits = {
  RUN_CALLER_LIMIT: {
    ...later,
    status: 429,
    title: "active runs of this caller: {limit}, the most that one caller may have",
    detail: "Too many active runs",
    fix: 'wait until some of your runs have ended, then send the request again; or raise "limits.activeRunsPerCaller" of the server',
  },
  RUN_SERVER_LIMIT: {
    ...later,
    status: 503,
    title: "active runs of this AgentOS: {limit}, the most that it takes",
    detail: "The server has too many active runs",
    fix: 'send the request again in a while; or raise "limits.activeRuns" of the server, or add a second one',
  },
  RUN_CALLER_QUEUE: {
    ...later,
    status: 429,
    title: "runs of this caller that wait for their turn: {limit}, the most that one caller may have",
    detail: "Too many runs are waiting",
    fix: 'wait until some of your runs have begun, or cancel some, then send the request again; or raise "limits.pendingRunsPerCaller" of the server',
  },
  RUN_QUEUE_FULL: {
    ...later,
    status: 429,
    title: "runs that wait for their turn: {limit}, the most that this AgentOS keeps",
    detail: "Too many runs are waiting",
    fix: 'send the request again in a while; or raise "limits.pendingRuns" of the server, or add a second one that takes runs from the same database',
  },
  RUN_QUEUE_MEMORY: {
    ...later,
    status: 429,
    unit: "MiB",
    title: "the requests of runs that wait for their turn would have more than {limit} MiB",
    detail: "The waiting runs are too large",
    fix: 'send the request again in a while, or send smaller messages and files; or raise "limits.pendingMebibytes" of the server',
  },
  RUN_CALLER_UNREAD: {
    ...later,
    status: 429,
    title: "open or unread streams of this caller: {limit}, the most that one caller may have",
    detail: "Too many streams are open or not read",
    fix: 'close the streams that you do not need, and read the others to their end; or raise "limits.unreadStreamsPerCaller" of the server',
  },
  RUN_SERVER_UNREAD: {
    ...later,
    status: 503,
    title: "open or unread streams of this AgentOS: {limit}, the most that it keeps",
    detail: "The server has too many streams that are open or not read",
    fix: 'send the request again in a while; let every client read its stream to the end, or close it; or raise "limits.unreadStreams" of the server',
  },
  RUN_CALLER_MEMORY: {
    ...later,
    status: 429,
    unit: "MiB",
    title: "the runs of this caller would hold more than {limit} MiB",
    detail: "The active runs are too large",
    fix: 'wait until some of your runs have ended, or send smaller messages and files; or raise "limits.runMebibytesPerCaller" of the server',
  },
  RUN_SERVER_MEMORY: {
    ...later,
    status: 503,
    unit: "MiB",
    title: "the runs of this AgentOS would hold more than {limit} MiB",
    detail: "The active runs of the server are too large",
    fix: 'send the request again in a while; or raise "limits.runMebibytes" of the server',
  },
  RUN_REQUEST_TOO_LARGE: {
    ...tooLarge,
    unit: "MiB",
    title: "this request alone needs {needed} MiB; the runs of one caller may hold {limit} MiB",
    detail: "The request is too large",
    fix: 'send a smaller message and smaller files, or start a new session where its history is what is large, since the same request never fits; or raise "limits.runMebibytesPerCaller" of the server, and "limits.runMebibytes" where that is not larger',
  },
  RUN_STATE_TOO_LARGE: {
    ...tooLarge,
    title: "the state of the session would be larger than {limit} bytes",
    detail: "The session state is too large",
    fix: 'send less in "session_state": keep large values elsewhere, and only their ids in it; where the session has most of it already, start a new one, whose state is empty',
  },
  STORE_SESSIONS_FULL: {
    ...tooLarge,
    unit: "MiB",
    title: "the sessions of this user have {limit} MiB, the most that one user may have",
    detail: "The sessions of the user are too large",
    fix: 'delete sessions that nobody needs any more, with DELETE /sessions, then send the request again; or raise "limits.storedMebibytesPerUser" of the server',
  },
  STORE_MEMORIES_FULL: {
    ...tooLarge,
    title: "this user has {limit} memories, the most that one user may have",
    detail: "The user has too many memories",
    fix: "delete memories that nobody needs any more, with DELETE /memories, then send the request again",
  },
  STORE_REVOCATIONS_FULL: {
    ...limit,
    status: 503,
    retryAfterSeconds: 60,
    title: "revocations of this AgentOS: {limit}, the most that are kept at a time",
    detail: "Too many revocations are kept",
    fix: 'wait until the first of them is past its "until", as GET /authz/revocations shows it, then send the request again; tokens of a key that is taken out of the keys of the server need no revocation',
  },
  INPUT_TARGET_TOO_LONG: {
    ...limit,
    status: 414,
    title: "the path and the query of the request are longer than {limit} bytes",
    detail: "The request target is longer than {limit} bytes",
    fix: "send shorter ids in the path and fewer values in the query; what is long belongs into the body",
  },
  INPUT_BODY_TOO_LARGE: {
    ...tooLarge,
    title: "the body is larger than {limit} bytes",
    detail: "The body is larger than {limit} bytes",
    fix: 'send less in it; to a run, smaller files, or their addresses as "url" in "images", "audio", "videos" or "input_files"',
  },
  INPUT_JSON_TOO_COMPLEX: {
    ...tooLarge,
    title: "the JSON body has more than {limit} brackets, commas and colons outside of texts",
    detail: TOO_COMPLEX,
    fix: "send fewer values; data that only a model reads can be one text",
  },
  INPUT_JSON_TOO_DEEP: {
    ...tooLarge,
    title: "the JSON body is nested deeper than {limit} levels",
    detail: TOO_COMPLEX,
    fix: "send less nesting, {limit} levels at most; data that only a model reads can be one text",
  },
  INPUT_FIELDS_TOO_MANY: {
    ...tooLarge,
    title: "the body has more than {limit} fields, those that are not read included",
    detail: "The form has more than {limit} fields",
    fix: "send only fields that a run reads",
  },
  INPUT_PART_HEADERS_TOO_LARGE: {
    ...tooLarge,
    title: "the headers of a part of the form are larger than {limit} bytes",
    detail: "The headers of a part are larger than {limit} bytes",
    fix: "shorten the names of fields and files",
  },
  INPUT_MEDIA_TOO_MANY: {
    ...tooLarge,
    title: "the request has more than {limit} files and media",
    detail: "The form has more than {limit} media",
    fix: "send fewer of them in one run; later runs of the same session may have more",
  },
  INPUT_MEDIA_TOO_COMPLEX: {
    ...tooLarge,
    title:
      'the list "{field}" has more brackets, commas and colons than {limit} media need, the most that one request may have',
    detail: 'The list "{field}" has more in it than {limit} media need',
    fix: 'leave every key out of its objects but "id", "url", "content", "mime_type", "format" and "filename"',
  },
} as const satisfies Record<string, LimitEntry>;
