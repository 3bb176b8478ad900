/**
 * The actions of `/workflows/ws` (contract 6.2). No workflow can be configured yet: each asks for what it needs, is decided
 * like its request, and then finds nothing.
 */
import type { SocketActionName } from "@agentos/contract";
import { UNPRINTABLE } from "@agentos/contract/text";
import { echoText, type SocketAction, type SocketFrame } from "@agentos/guard/app";

/** The handlers, by their names on the wire. */
export function createWorkflowSocket(): Readonly<Record<SocketActionName, SocketAction>> {
  return { "start-workflow": start, reconnect, "continue-workflow": continueRun };
}

const start: SocketAction = {
  refusal: "Insufficient permissions to run this workflow",
  read(frame) {
    const workflow = textAt(frame, "workflow_id");
    if (workflow === undefined) return "workflow_id is required";
    return {
      parameters: { workflow_id: workflow },
      run: ({ send }) => send(errorFrame(`Workflow ${echoText(workflow)} not found`)),
    };
  },
};

function lacks(name: string): string {
  return `${name} is required to reconnect to a workflow run`;
}

const reconnect: SocketAction = {
  refusal: "Insufficient permissions to reconnect to this workflow",
  unnamed: lacks("workflow_id"),
  read(frame) {
    const run = textAt(frame, "run_id");
    if (run === undefined) return "run_id is required for subscription";
    const workflow = textAt(frame, "workflow_id");
    return {
      parameters: { workflow_id: workflow, run_id: run },
      run({ access: { dataScope }, send }) {
        // Whoever sees everybody's runs need not say where theirs is.
        if (dataScope.kind === "all")
          return send(errorFrame(`Run ${echoText(run)} not found in buffer or database`));
        const lack = ["workflow_id", "session_id"].find((name) => textAt(frame, name) === undefined);
        send(errorFrame(lack === undefined ? `Run ${echoText(run)} not found` : lacks(lack)));
      },
    };
  },
};

const continueRun: SocketAction = {
  refusal: "Insufficient permissions to continue this workflow",
  read(frame) {
    const workflow = textAt(frame, "workflow_id");
    if (workflow === undefined) return "workflow_id is required";
    const run = textAt(frame, "run_id");
    if (run === undefined) return "run_id is required";
    return {
      parameters: { workflow_id: workflow, run_id: run },
      run: ({ send }) => send(errorFrame(`Run ${echoText(run)} not found`)),
    };
  },
};

const errorFrame = (error: string) => ({ event: "error", error });

/** Longest id that is looked for: no request could have a longer one in its path. */
const MAX_ID_LENGTH = 4_096;

/** An id as a path would have it; undefined for what is none. */
function textAt(frame: SocketFrame, name: string): string | undefined {
  const value = frame[name];
  if (typeof value !== "string" || value === "" || value.length > MAX_ID_LENGTH) return undefined;
  return value.isWellFormed() && !UNPRINTABLE.test(value) ? value : undefined;
}
