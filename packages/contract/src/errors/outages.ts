/** What a request meets while the database cannot do its part. Nothing of it is kept, and the same request passes later. */
import type { LimitEntry } from "./entry.ts";

const outage = { kind: "limit", status: 503, retryAfterSeconds: 5, since: "0.1.0" } as const;

export const outages = {
  STORE_UNAVAILABLE: {
    ...outage,
    title: "the database of this AgentOS does not answer",
    detail: "The database does not answer",
    fix: "send the request again in a while; who runs the server: start the database, and the server goes on by itself",
  },
  STORE_BUSY: {
    ...outage,
    title: "the database of this AgentOS is busy",
    detail: "The database is busy",
    fix: "send the request again in a while; who runs the server: end the program that holds the database",
  },
  STORE_NOT_WRITABLE: {
    ...outage,
    title: "the database of this AgentOS can only be read",
    detail: "The database can only be read",
    fix: "send the request again in a while; who runs the server: let the server write to the database again, or wait until another server of it takes over, and the server goes on by itself",
  },
  STORE_SPACE_USED_UP: {
    ...outage,
    retryAfterSeconds: 60,
    title: "the database of this AgentOS has no space left",
    detail: "The database has no space left",
    fix: "send the request again in a while; who runs the server: make room on the disk of the database, and the server goes on by itself",
  },
} as const satisfies Record<string, LimitEntry>;
