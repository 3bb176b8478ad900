/**
 * What can be run: the one interface that the server needs. A runnable yields steps; ids, names of events and the end
 * are the server's, so every kind has the same events, the same answer to an error or a cancel, and cannot leak a cause.
 */
import type { Identity, Owner } from "@agentos/auth";
import type {
  AgentObject,
  Message,
  RunnableKind,
  TeamObject,
  ToolExecution,
  WorkflowObject,
} from "@agentos/contract";
import type { Runtime } from "@agentos/guard/app";
import type { HistoryPolicy } from "./history-limits.ts";
import type { RunMemories } from "./run-memories.ts";
import type { SessionPast } from "./session-summary.ts";
import type { RunStep } from "./steps.ts";

/** What media count as: by the list that they came in, uploads by their content type (contract 4.3). */
export type MediaKind = "image" | "audio" | "video" | "file";

/** Bytes that the client sent, or an https URL that only the model provider may open. */
export interface RunMedia {
  /** What it counts as. */
  readonly kind: MediaKind;
  /** The client's, else made by the server. */
  readonly id: string;
  /** Content type, such as `image/png`. */
  readonly mimeType: string;
  /** The client's name for it; no file is opened by it. */
  readonly filename?: string | undefined;
  /** The bytes, or the address that goes to the model provider. */
  readonly source:
    | { readonly type: "bytes"; readonly bytes: Uint8Array }
    | { readonly type: "url"; readonly url: string };
}

/** What a run is asked. */
export interface RunInput {
  /** What the user said, credentials already replaced. */
  readonly message: string;
  /** In the order in which they were sent. */
  readonly media: readonly RunMedia[];
}

/** What a run may know and use. */
export interface RunContext extends Runtime {
  /** Made by the server, never by a client. */
  readonly runId: string;
  /** Conversation that the run belongs to. */
  readonly sessionId: string;
  /** Whose run it is. Keep data by all of it: two issuers may each have an "alice", and a form may claim to be one. */
  readonly owner: Owner;
  /** Id of the owner, as the wire shows it; undefined where nobody is named (contract 1.10). */
  readonly userId?: string | undefined;
  /** Tools act as this caller, with its scopes and no others. */
  readonly caller: Identity;
  /** Aborts when the client goes away or the run is cancelled. */
  readonly signal: AbortSignal;
  /** This run's copy of the session's state; changes are kept when the run ends. */
  readonly sessionState: Record<string, unknown>;
  /** Values for tools: of the token where claims are configured for it, else of the form (contract 1.10). */
  readonly dependencies: Readonly<Record<string, unknown>>;
  /** The form's `metadata`, credentials replaced; kept with the run. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Messages of earlier runs of this session, one list per run, oldest first. */
  readonly history: readonly (readonly Message[])[];
  /** What is remembered of the owner, and of nobody else; undefined where nobody is named. */
  readonly memories?: RunMemories | undefined;
  /** The session's summary, and the runs that it lacks; only for a runnable that has runs summarised. */
  readonly past?: SessionPast | undefined;
  /** Where the run goes on; undefined for one that begins. */
  readonly resumed?: RunResumption | undefined;
}

/** A call that waited, decided by a person or answered by the client. */
export interface DecidedCall {
  /** With the decision, and the result that was brought; as it is kept, with credentials replaced. */
  readonly tool: ToolExecution;
  /** What it runs with: those that were asked for, with what was edited or filled in. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Arguments that a person has changed, by their names; the model is told. */
  readonly edited: readonly string[];
}

/** What a run has behind it that goes on, or is another one's fork. */
export interface RunResumption {
  /** In their order. The last one of the user is the run's input, which has its media too. */
  readonly messages: readonly Message[];
  /** The calls of the last turn that waited, in their order; none where the model is just asked on. */
  readonly calls: readonly DecidedCall[];
  /** Where the first messages are another run's: what it has done does not count as this one's. */
  readonly fork?: RunFork | undefined;
}

/** Which run another one was made of. */
export interface RunFork {
  readonly runId: string;
  /** So many of its messages were taken. */
  readonly messageIndex: number;
  /** Its answer is made again. */
  readonly isRegenerated: boolean;
}

/** A model as the wire names it. */
export interface ModelIdentity {
  /** The provider's own name of the model. */
  readonly id: string;
  /** Such as `openai`. */
  readonly provider: string;
}

/** How the wire shows each kind. */
interface KindObjects {
  readonly agent: AgentObject;
  readonly team: TeamObject;
  readonly workflow: WorkflowObject;
}

/** One question to a model, outside of any run and without tools. */
export interface ModelQuestion {
  /** What it is to do. */
  readonly instructions: string;
  /** What it does that with. */
  readonly text: string;
}

/** What a runnable has to do with what is remembered of its users. */
export interface RunnableMemory {
  /** It reads memories of its users, and keeps new ones, by itself. */
  readonly isOn: boolean;
  /** Its model's answer; rejects when the model fails. It is asked to merge memories. */
  readonly askModel: (
    question: ModelQuestion,
    runtime: Runtime & Pick<RunContext, "signal">,
  ) => Promise<string>;
}

/** How paused runs go on: what a person may change of a call that waits. */
export interface RunnablePauses {
  /** Names of the arguments that whoever confirms may change. */
  editableArguments(toolName: string): readonly string[];
  /** What is wrong with the arguments of a call, in words for the caller; undefined for nothing. */
  findArgumentProblem(toolName: string, args: unknown): Promise<string | undefined>;
}

/** Something that can be run; {@link Agent} is one, and so is any object of this shape. */
export interface Runnable<Kind extends RunnableKind = RunnableKind> {
  /** Its runs and sessions are kept and shown under the names of this kind. */
  readonly kind: Kind;
  /** In URLs and scopes, unique among its kind in one AgentOS. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** What it is for, for people. */
  readonly description?: string | undefined;
  /** Shown by `GET /config` and `GET /models`. */
  readonly model: ModelIdentity;
  /** Shown as it is to whoever may read it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** What a UI offers to ask it; shown by `GET /config`. */
  readonly quickPrompts?: readonly string[] | undefined;
  /** Earlier runs of the session that `context.history` should hold; 0 for none. */
  readonly historyRuns: number;
  /** How large they may be together, and what becomes of the rest. Default: 256 KiB, and the rest is left out. */
  readonly historyPolicy?: HistoryPolicy | undefined;
  /**
   * How often a run in the background may be begun in all, where the server that runs it dies: the next attempt begins
   * with what was asked, and its tools do again what they did. Default 1: the run ends as interrupted.
   */
  readonly maxAttempts?: number | undefined;
  /** Undefined: its model is asked for no memories. */
  readonly memory?: RunnableMemory | undefined;
  /** Its `run` reads `context.resumed`. Undefined: runs of it that pause cannot be continued. */
  readonly pauses?: RunnablePauses | undefined;
  /**
   * As the wire shows one of its kind, such as `GET /agents/{id}`. Called once, when somebody first asks: what it gives is
   * kept as text, and so is what `GET /config` shows of the other members. A change after that is not seen.
   */
  describe(): KindObjects[Kind];
  /** Throws {@link RunFailure} to say something to the caller; any other exception is shown as a generic text. */
  run(input: RunInput, context: RunContext): AsyncIterable<RunStep>;
}

/** A run that failed, with a text that is fit for the caller. Cause and facts go to the log only. */
export class RunFailure extends Error {
  /** For programs: `error_type` of the event `RunError` (contract 5.3). */
  readonly errorType: string;
  /** For the operator: stand in the log beside the cause. No secrets. */
  readonly facts: Readonly<Record<string, unknown>>;

  /** `publicMessage` goes to the caller as it is; `cause` and `facts` go to the log. */
  constructor(
    publicMessage: string,
    options: {
      readonly errorType: string;
      readonly cause?: unknown;
      readonly facts?: Readonly<Record<string, unknown>>;
    },
  ) {
    super(publicMessage, { cause: options.cause });
    this.name = "RunFailure";
    this.errorType = options.errorType;
    this.facts = options.facts ?? {};
  }
}
