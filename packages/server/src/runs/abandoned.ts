/** How a run ends whose server is gone: what it had begun is kept as it was, and it says what became of it. */
import type { PrefixedKind } from "@agentos/contract";
import type { Runtime } from "@agentos/guard/app";
import { createRunEvents, type RunEvents } from "./events.ts";
import { userIdOf } from "./owner.ts";
import { RunFailure } from "./runnable.ts";
import type { DescribeAbandoned, NewRun, StoredOutput } from "./store.ts";

/** For people; programs read `error_type`. */
const CONTENT = "The run was interrupted: the server that ran it stopped";

/** The same end, of a run whose server stops and can still say so itself. */
export const createInterruption = (): RunFailure => new RunFailure(CONTENT, { errorType: "interrupted" });

/** Gives the end that belongs to the output of the start. */
export function createDescribeAbandoned({
  clock,
  generateId,
  logger,
}: Pick<Runtime, "clock" | "generateId" | "logger">): DescribeAbandoned {
  return (output) => {
    const events = createEventsOf(output, clock);
    const errorId = generateId();
    logger.warn(
      { error_id: errorId, error_type: "interrupted", run_id: output.run_id },
      "run failed: the server that ran it stopped",
    );
    const last = events.failed({ content: CONTENT, errorType: "interrupted", errorId });
    return {
      outputJson: JSON.stringify({ ...output, content: CONTENT, status: "ERROR" }),
      last,
    };
  };
}

/** Events of a run of which only the output is at hand. */
export function createEventsOf(output: StoredOutput, clock: Runtime["clock"]): RunEvents {
  return createRunEvents({
    runnable: {
      ...namedIn(output),
      model: { id: output.model, provider: output.model_provider },
    },
    runId: output.run_id,
    sessionId: output.session_id,
    clock,
  });
}

/** The output of a run of which nothing else can be read any more. */
export function toBareOutput({
  key: { owner, component, sessionId },
  runId,
  createdAt,
}: Pick<NewRun, "key" | "runId" | "createdAt">): StoredOutput {
  const { kind, id } = component;
  const userId = userIdOf(owner);
  const shared = {
    run_id: runId,
    session_id: sessionId,
    ...(userId === undefined ? {} : { user_id: userId }),
    input: { input_content: "" },
    content: "",
    content_type: "str",
    model: "",
    model_provider: "",
    messages: [],
    metrics: {},
    created_at: createdAt,
    status: "RUNNING" as const,
  };
  return kind === "team"
    ? { ...shared, team_id: id, team_name: id, member_responses: [] }
    : { ...shared, agent_id: id, agent_name: id };
}

function namedIn(output: StoredOutput): { kind: PrefixedKind; id: string; name: string } {
  return "team_id" in output
    ? { kind: "team", id: output.team_id, name: output.team_name }
    : { kind: "agent", id: output.agent_id, name: output.agent_name };
}
