/** A session as lists and details show it (contract 4.5): one row for each kind. */
import type {
  AgentSessionObject,
  Metrics,
  RunnableKind,
  SessionObject,
  TeamSessionObject,
  WorkflowSessionObject,
} from "@agentos/contract";
import { toDateTime } from "../runs/date-time.ts";
import { userIdOf } from "../runs/owner.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { ListedSession, StoredSession } from "../runs/store.ts";
import { writeObject } from "./nulls.ts";

/** What runs now under the name that the session was made with; undefined where nothing does. */
export type FindComponent = (kind: RunnableKind, id: string) => Pick<Runnable, "name" | "model"> | undefined;

/** Without its messages, which are streamed behind it. */
type Detail =
  | Omit<AgentSessionObject, "chat_history">
  | Omit<TeamSessionObject, "chat_history">
  | WorkflowSessionObject;

/** JSON text of an entry of a list, without null. */
export function writeListed(session: ListedSession): string {
  const { key } = session;
  const shown: SessionObject = {
    ...shareNames(session),
    session_state: orNull(session.state),
    ...shareTimes(session),
    session_type: key.component.kind,
    user_id: userIdOf(key.owner) ?? null,
    ...COMPONENT_KEY[key.component.kind](componentIdOf(session)),
    session_summary: orNull(session.summary),
    ...shareTokens(session),
    metadata: orNull(session.metadata),
  };
  return writeObject(shown, "no-null");
}

export function showDetail(session: StoredSession, findComponent: FindComponent): Detail {
  const { kind, id } = session.key.component;
  return SHOW_DETAIL[kind](session, id === "" ? undefined : findComponent(kind, id));
}

/** Kinds whose sessions show the messages of their runs. */
export const HAS_CHAT_HISTORY: Readonly<Record<RunnableKind, boolean>> = {
  agent: true,
  team: true,
  workflow: false,
};

const COMPONENT_KEY: Readonly<
  Record<RunnableKind, (id: string | null) => Pick<SessionObject, "agent_id" | "team_id" | "workflow_id">>
> = {
  agent: (id) => ({ agent_id: id }),
  team: (id) => ({ team_id: id }),
  workflow: (id) => ({ workflow_id: id }),
};

type Component = ReturnType<FindComponent>;

const SHOW_DETAIL: Readonly<Record<RunnableKind, (session: StoredSession, component: Component) => Detail>> =
  {
    agent: (session, component) => ({
      user_id: userIdOf(session.key.owner) ?? null,
      agent_session_id: session.key.sessionId,
      ...sharePrefixed(session),
      agent_id: componentIdOf(session),
      agent_data:
        component === undefined ? null : { ...dataOf(component), agent_id: session.key.component.id },
    }),
    team: (session, component) => ({
      user_id: userIdOf(session.key.owner) ?? null,
      ...sharePrefixed(session),
      team_id: componentIdOf(session),
      team_data: component === undefined ? null : { ...dataOf(component), team_id: session.key.component.id },
    }),
    workflow: (session, component) => ({
      user_id: userIdOf(session.key.owner) ?? null,
      workflow_id: componentIdOf(session),
      workflow_name: component?.name ?? null,
      ...shareNames(session),
      session_data: null,
      session_state: { ...session.state },
      workflow_data: null,
      metadata: orNull(session.metadata),
      ...shareTimes(session),
    }),
  };

/** What the details of agents and teams share. */
function sharePrefixed(session: StoredSession) {
  return {
    ...shareNames(session),
    session_summary: orNull(session.summary),
    session_state: { ...session.state },
    ...shareTokens(session),
    metadata: orNull(session.metadata),
    ...shareTimes(session),
  };
}

function shareNames({ key, name, firstInput }: ListedSession) {
  // An empty name is none.
  return { session_id: key.sessionId, session_name: name || firstInput || "" };
}

function shareTimes({ createdAt, updatedAt }: ListedSession) {
  return { created_at: toDateTime(createdAt), updated_at: toDateTime(updatedAt) };
}

/** Absent until a model was asked. */
function shareTokens({ tokens }: ListedSession): {
  readonly metrics: Metrics | null;
  readonly total_tokens: number | null;
} {
  const { inputTokens, outputTokens, totalTokens } = tokens;
  const counts = { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: totalTokens };
  const metrics = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return Object.keys(metrics).length === 0
    ? { metrics: null, total_tokens: null }
    : { metrics, total_tokens: totalTokens };
}

function dataOf({ name, model }: Pick<Runnable, "name" | "model">) {
  return { name, model: { provider: model.provider, name: model.id, id: model.id } };
}

function componentIdOf({ key }: ListedSession): string | null {
  return key.component.id === "" ? null : key.component.id;
}

function orNull(object: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | null {
  return object === undefined ? null : { ...object };
}
