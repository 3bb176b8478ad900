/** One turn of a conversation: a run from its first event to its end, with a person's answers where it asks for one. */
import type { AgentOSClient, RunStream } from "@agentos/client";
import { isRecord, type ToolExecution } from "@agentos/contract";
import { describeWholeCall, type RunPrinter } from "./run-printer.ts";

/** How a run ended, as far as this program saw. */
export type TurnOutcome =
  | { readonly kind: "completed" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly reason: string }
  /** It waits, and nobody here has answered. */
  | { readonly kind: "paused"; readonly questions: readonly Question[] };

export interface Question {
  /** The call that the run waits with. */
  readonly call: string;
  /** What it waits for. `other`: something that no yes or no can be. */
  readonly asks: "yes or no" | "other";
}

export interface Turn {
  readonly client: AgentOSClient;
  readonly agentId: string;
  readonly printer: RunPrinter;
  /** Asked for each call that waits for a yes; undefined: nobody can answer. */
  readonly decide: (question: string) => Promise<boolean | undefined>;
  readonly signal: AbortSignal;
}

export interface TurnResult {
  readonly outcome: TurnOutcome;
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
}

/** A call as the server describes it: of its values only those that are looked at here are known. */
type Tool = Pick<ToolExecution, "tool_call_id"> & Readonly<Record<string, unknown>>;

/** How often one run may ask: a server could ask without an end. */
const MAX_PAUSES = 50;

/** Follows the run, and answers what it waits for. Throws the errors of the client. */
export async function takeTurn(turn: Turn, first: RunStream): Promise<TurnResult> {
  let stream = first;
  for (let pauses = 0; ; pauses += 1) {
    const end = await follow(stream, turn.printer);
    const { runId, sessionId } = stream;
    if (end.kind !== "waiting") return { outcome: end, runId, sessionId };
    const decided = pauses < MAX_PAUSES ? await answerAll(end.tools, turn.decide) : undefined;
    if (decided === undefined || runId === undefined)
      return { outcome: { kind: "paused", questions: end.tools.map(toQuestion) }, runId, sessionId };
    stream = continueRun(turn, { runId, sessionId }, decided);
  }
}

/** Goes on with the calls of a pause, each with its decision. */
export function continueRun(
  { client, agentId, signal }: Pick<Turn, "client" | "agentId" | "signal">,
  run: { readonly runId: string; readonly sessionId: string | undefined },
  tools: readonly Tool[],
): RunStream {
  return client.agents.streamContinued(
    agentId,
    { run_id: run.runId },
    { tools: [...tools], session_id: run.sessionId },
    { signal, cancelsWhenLeft: true },
  );
}

/** Each with what was decided; undefined where one of them is left without an answer. */
export async function answerAll(
  tools: readonly Tool[],
  decide: Turn["decide"],
): Promise<readonly Tool[] | undefined> {
  const decided: Tool[] = [];
  for (const tool of tools) {
    const { call, asks } = toQuestion(tool);
    const confirmed = asks === "other" ? undefined : await decide(`Let it call ${call}? [y/N] `);
    if (confirmed === undefined) return undefined;
    decided.push({
      ...tool,
      confirmed,
      ...(confirmed ? {} : { confirmation_note: "The person has said no." }),
    });
  }
  return decided.length === 0 ? undefined : decided;
}

/** The calls among these that are not decided yet. */
export function findWaiting(tools: unknown): readonly Tool[] {
  return (Array.isArray(tools) ? tools : [])
    .filter(isTool)
    .filter(
      (tool) =>
        (tool["requires_confirmation"] === true && typeof tool["confirmed"] !== "boolean") ||
        (tool["requires_user_input"] === true && tool["answered"] !== true) ||
        (tool["external_execution_required"] === true && typeof tool["result"] !== "string"),
    );
}

function isTool(value: unknown): value is Tool {
  return isRecord(value) && typeof value["tool_call_id"] === "string";
}

export function toQuestion(tool: Tool): Question {
  const needsMore =
    tool["requires_user_input"] === true ||
    tool["external_execution_required"] === true ||
    Array.isArray(tool["user_feedback_schema"]);
  return { call: describeWholeCall(tool), asks: needsMore ? "other" : "yes or no" };
}

type End =
  | Exclude<TurnOutcome, { readonly kind: "paused" }>
  | { readonly kind: "waiting"; readonly tools: readonly Tool[] };

async function follow(stream: RunStream, printer: RunPrinter): Promise<End> {
  let end: End = { kind: "failed", reason: "the stream of the run ended without an end" };
  try {
    for await (const event of stream) {
      printer.show(event);
      // A server of another version may send other events, and other values.
      const { content, tools, run_id: runId } = event as Readonly<Record<string, unknown>>;
      if (typeof runId === "string" && stream.runId !== undefined && runId !== stream.runId) continue;
      switch (event.event.replace(/^Team/, "")) {
        case "RunCompleted":
          if (end.kind !== "cancelled") end = { kind: "completed" };
          break;
        case "RunCancelled":
          end = { kind: "cancelled" };
          break;
        case "RunError":
          end = { kind: "failed", reason: typeof content === "string" ? content : "it says no reason" };
          break;
        case "RunPaused":
          end = { kind: "waiting", tools: findWaiting(tools) };
          break;
        case "RunContinued":
          end = { kind: "failed", reason: "the stream of the run ended without an end" };
          break;
        default:
      }
    }
  } finally {
    printer.finish();
  }
  return end;
}
