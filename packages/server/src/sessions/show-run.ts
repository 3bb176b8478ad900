/** A stored run as sessions and lists of runs show it (contract 4.5): one row for each kind. */
import type { PrefixedKind, SessionRun, TeamSessionRun } from "@agentos/contract";
import { toDateTime } from "../runs/date-time.ts";
import type { SessionState, StoredOutput, StoredRun } from "../runs/store.ts";

/** By kind: the output that is kept, and how a session shows it. */
interface Kinds {
  readonly agent: readonly [kept: Extract<StoredOutput, { agent_id: string }>, shown: SessionRun];
  readonly team: readonly [kept: Extract<StoredOutput, { team_id: string }>, shown: TeamSessionRun];
}
type Shared = Omit<SessionRun, "agent_id" | "user_id">;

const SHOW_OUTPUT: {
  readonly [Kind in PrefixedKind]: (output: Kinds[Kind][0], shared: Shared) => Kinds[Kind][1];
} = {
  agent: (output, shared) => ({ ...shared, agent_id: output.agent_id, user_id: output.user_id ?? "" }),
  team: (output, shared) => ({ ...shared, team_id: output.team_id }),
};

/** `state` is that of the session; a list goes without, because each of its runs would have the same. */
export function showRun({ output, events }: StoredRun, state?: SessionState): SessionRun | TeamSessionRun {
  const shared: Shared = {
    ...shareOutput(output),
    events: events.length === 0 ? null : events.map((event) => ({ ...event })),
    session_state: state === undefined ? null : { ...state },
  };
  return "team_id" in output ? SHOW_OUTPUT.team(output, shared) : SHOW_OUTPUT.agent(output, shared);
}

function shareOutput(output: StoredOutput): Omit<Shared, "events" | "session_state"> {
  const { input } = output;
  return {
    run_id: output.run_id,
    parent_run_id: output.parent_run_id ?? "",
    status: output.status,
    run_input: input.input_content,
    content: output.content,
    run_response_format: output.content_type === "str" ? "text" : "json",
    reasoning_content: output.reasoning_content ?? "",
    reasoning_steps: [],
    metrics: output.metrics,
    messages: output.messages,
    tools: output.tools ?? null,
    references: [],
    citations: null,
    reasoning_messages: [],
    images: [],
    videos: [],
    audio: [],
    files: [],
    response_audio: null,
    input_media: {
      images: input.images ?? [],
      videos: input.videos ?? [],
      audios: input.audios ?? [],
      files: input.files ?? [],
    },
    followups: null,
    forked_from_run_id: output.forked_from_run_id ?? null,
    forked_from_message_index: output.forked_from_message_index ?? null,
    forked_from_session_id: output.forked_from_session_id ?? null,
    regenerated_from: output.regenerated_from ?? null,
    last_checkpoint_at_message_index: null,
    created_at: toDateTime(output.created_at),
  };
}
