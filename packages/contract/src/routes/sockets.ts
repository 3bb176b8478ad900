/**
 * Paths where a client opens a WebSocket (contract 6). What it may ask for there is decided like a request to a route of
 * the table, so that no scope is written twice and a rule of the operator holds for both.
 */
import type { RouteId } from "./route-table.ts";

/** One path, and its actions. */
export interface SocketDefinition {
  /** Exact; it has no parameters. */
  readonly path: `/${string}`;
  /** Each action by its name on the wire, with the route whose access decides it. */
  readonly actions: Readonly<Record<string, RouteId>>;
  /** Group of its routes. */
  readonly tag: string;
  /** What it is for, in a few words. */
  readonly summary: string;
}

/** Every socket of an AgentOS by its id. */
export const SOCKETS = {
  "workflows.socket": {
    path: "/workflows/ws",
    actions: {
      "start-workflow": "workflows.run",
      reconnect: "workflows.resumeRun",
      "continue-workflow": "workflows.continueRun",
    },
    tag: "Workflows",
    summary: "Run workflows and watch their runs over one connection",
  },
} as const satisfies Readonly<Record<string, SocketDefinition>>;

/** Id of a socket, such as `workflows.socket`. */
export type SocketId = keyof typeof SOCKETS;

/** Name of an action of a socket. */
export type SocketActionName<Id extends SocketId = SocketId> = Id extends SocketId
  ? Extract<keyof (typeof SOCKETS)[Id]["actions"], string>
  : never;
