/** Sessions of an instance, as the chat and the page of sessions need them. Names in them are the instance's words. */
import type { AgentOSClient } from "@agentos/client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useInstanceQuery } from "./instance-data.ts";
import { clip } from "./words.ts";

export type SessionPage = Awaited<ReturnType<AgentOSClient["sessions"]["list"]>>;
export type SessionRow = SessionPage["data"][number];

export interface SessionsWanted {
  readonly agentId: string | undefined;
  /** A part of the name. */
  readonly search: string;
  readonly page: number;
  readonly limit: number;
}

export function useSessions({ agentId, search, page, limit }: SessionsWanted): UseQueryResult<SessionPage> {
  return useInstanceQuery(["sessions", { agentId, search, page, limit }], (client, signal) =>
    client.sessions.list(
      {
        query: {
          type: "agent",
          ...(agentId === undefined ? {} : { component_id: agentId }),
          ...(search === "" ? {} : { session_name: search }),
          page,
          limit,
          sort_by: "updated_at",
          sort_order: "desc",
        },
      },
      { signal },
    ),
  );
}

/** One line, whatever is in the name. */
export function nameOfSession({ session_name: name }: Pick<SessionRow, "session_name">): string {
  const line = typeof name === "string" ? name.replace(/\s+/g, " ").trim() : "";
  return line === "" ? "Unnamed session" : clip(line, 120);
}
