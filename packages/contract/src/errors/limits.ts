/** What a server has no room for: the caller was let in, and the request is in order but for its size or its moment. */
import type { LimitEntry } from "./entry.ts";

const limit = { kind: "limit", since: "0.1.0" } as const;
const later = { ...limit, retryAfterSeconds: 5 } as const;

export const limits = {
  RUN_CALLER_LIMIT: {
    ...later,
    status: 429,
    title: "this caller has {limit} active runs, and that is as many as one caller may have",
    detail: "Too many active runs",
    fix: 'wait until some of your runs have ended, then send the request again; or raise "limits.activeRunsPerCaller" of the server',
  },
  RUN_SERVER_LIMIT: {
    ...later,
    status: 503,
    title: "this AgentOS has {limit} active runs, and that is as many as it takes",
    detail: "The server has too many active runs",
    fix: 'send the request again in a while; or raise "limits.activeRuns" of the server, or add a second one',
  },
  RUN_CALLER_UNREAD: {
    ...later,
    status: 429,
    title: "{limit} streams of this caller wait for a client that does not read them",
    detail: "Too many streams are not read",
    fix: 'read the streams of your runs to their end, or close them; or raise "limits.unreadStreamsPerCaller" of the server',
  },
  RUN_SERVER_UNREAD: {
    ...later,
    status: 503,
    title: "{limit} streams of this AgentOS wait for clients that do not read them",
    detail: "The server has too many streams that are not read",
    fix: 'send the request again in a while; let every client read its stream to the end, or close it; or raise "limits.unreadStreams" of the server',
  },
  RUN_CALLER_MEMORY: {
    ...later,
    status: 429,
    title: "the runs of this caller would hold more than {limit} bytes",
    detail: "The active runs are too large",
    fix: 'send smaller messages and files, or wait until some of your runs have ended; or raise "limits.runMebibytesPerCaller" of the server',
  },
  RUN_SERVER_MEMORY: {
    ...later,
    status: 503,
    title: "the runs of this AgentOS would hold more than {limit} bytes",
    detail: "The active runs of the server are too large",
    fix: 'send the request again in a while; or raise "limits.runMebibytes" of the server',
  },
  RUN_STATE_TOO_LARGE: {
    ...limit,
    status: 413,
    title: "the state of the session would be larger than {limit} bytes",
    detail: "The session state is too large",
    fix: 'keep large values elsewhere and only their ids in "session_state"; or start a new session, whose state is empty',
  },
} as const satisfies Record<string, LimitEntry>;
