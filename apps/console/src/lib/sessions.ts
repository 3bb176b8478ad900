/** Sessions of an instance, as the chat and the page of sessions need them. Names in them are the instance's words. */
import type { AgentOSClient } from "@agentos/client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useInstance, useInstanceQuery } from "./instance-data.ts";
import type { Instance } from "./instance-state.ts";
import { KINDS, type RunnableKind } from "./runnable-kinds.ts";
import { isUsableId } from "./strangers-names.ts";
import { clip } from "./words.ts";

export type SessionPage = Awaited<ReturnType<AgentOSClient["sessions"]["list"]>>;
export type SessionRow = SessionPage["data"][number];

export interface SessionsWanted {
  readonly kind: RunnableKind;
  /** Whose they are; undefined: of all of that kind. */
  readonly agentId: string | undefined;
  /** A part of the name. */
  readonly search: string;
  readonly page: number;
  readonly limit: number;
}

export function useSessions(wanted: SessionsWanted): UseQueryResult<SessionPage> {
  return useSessionsOf(useInstance(), wanted);
}

export function useSessionsOf(
  instance: Instance | undefined,
  wanted: SessionsWanted,
  enabled = true,
): UseQueryResult<SessionPage> {
  return useInstanceQuery(
    instance,
    ["sessions", wanted],
    (client, signal) =>
      wanted.search === "" ? readPage(client, wanted, signal) : searchNewest(client, wanted, signal),
    { enabled },
  );
}

async function readPage(
  client: AgentOSClient,
  { kind, agentId, page, limit }: Omit<SessionsWanted, "search">,
  signal: AbortSignal,
): Promise<SessionPage> {
  const found = await client.sessions.list(
    {
      query: {
        type: KINDS[kind].type,
        ...(agentId === undefined ? {} : { component_id: agentId }),
        page,
        limit,
        sort_by: "updated_at",
        sort_order: "desc",
      },
    },
    { signal },
  );
  // What no link can lead to is left out, and so is what was not asked for.
  return { ...found, data: found.data.slice(0, limit).filter(({ session_id: id }) => isUsableId(id)) };
}

/** So many of the newest are looked through. */
export const SEARCHED_SESSIONS = 300;
const SEARCHED_AT_ONCE = 100;

/** An AgentOS looks for names that were given; what is shown of most sessions is their first message. So we look here. */
async function searchNewest(
  client: AgentOSClient,
  { kind, agentId, search, page, limit }: SessionsWanted,
  signal: AbortSignal,
): Promise<SessionPage> {
  const found: SessionRow[] = [];
  for (let at = 1; at <= SEARCHED_SESSIONS / SEARCHED_AT_ONCE; at += 1) {
    const { data, meta } = await readPage(
      client,
      { kind, agentId, page: at, limit: SEARCHED_AT_ONCE },
      signal,
    );
    found.push(...data);
    if (at >= meta.total_pages) break;
  }
  return pickSessions(found, { search, page, limit });
}

/** Those whose shown name has the text in it, as a page of them. */
export function pickSessions(
  sessions: readonly SessionRow[],
  { search, page, limit }: Omit<SessionsWanted, "agentId" | "kind">,
): SessionPage {
  const wanted = search.trim().toLocaleLowerCase();
  const fitting = sessions.filter((session) => nameOfSession(session).toLocaleLowerCase().includes(wanted));
  return {
    data: fitting.slice((page - 1) * limit, page * limit),
    meta: {
      page,
      limit,
      total_pages: Math.ceil(fitting.length / limit),
      total_count: fitting.length,
      search_time_ms: 0,
    },
  };
}

/** One line, whatever is in the name. */
export function nameOfSession({ session_name: name }: Pick<SessionRow, "session_name">): string {
  const line = typeof name === "string" ? name.replace(/\s+/g, " ").trim() : "";
  return line === "" ? "Unnamed session" : clip(line, 120);
}

/** Which one of that kind a session is with. */
export function ownerOf(session: SessionRow, kind: RunnableKind): string | undefined {
  const id = session[`${KINDS[kind].type}_id`];
  return isUsableId(id) ? id : undefined;
}

/** Agents' is what a session is that names nobody. */
export function kindOf(session: SessionRow): RunnableKind {
  return (["teams", "workflows"] as const).find((kind) => ownerOf(session, kind) !== undefined) ?? "agents";
}
