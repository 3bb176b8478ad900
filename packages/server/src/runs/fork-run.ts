/** A completed run is continued as a new one, which begins with its messages (contract 4.3). */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { Message, PrefixedKind } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault, type RequestFault } from "@agentos/guard/app";
import { beginRun } from "./begin-run.ts";
import type { ContinueForm } from "./continue-form.ts";
import type { ContinueOptions } from "./continue-run.ts";
import { sizeOfJson } from "./form-size.ts";
import type { LiveRun } from "./live-run.ts";
import { hasOpenCall } from "./message-places.ts";
import { chooseDependencies } from "./owner.ts";
import { refuseFull } from "./refuse-full.ts";
import { createContext, loadStart } from "./resolve-run.ts";
import type { Runnable } from "./runnable.ts";
import type { SessionKey, StoredOutput, StoredRun } from "./store.ts";

export interface ForkRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly key: SessionKey;
  readonly form: Omit<ContinueForm, "decisions">;
  readonly access: Pick<Access, "identity" | "dataScope">;
}

const NO_CHECKPOINT = Object.freeze({ media: [], dependencies: {} });

export async function forkRun(
  request: ForkRequest,
  original: StoredRun,
  { services, runtime, claimOwned, memories, ticket, entry }: ContinueOptions,
): Promise<Result<LiveRun, RequestFault>> {
  const { runnable, key, form, access } = request;
  const { output } = original;
  if (runnable.pauses === undefined)
    return fail(inputFault(409, "runs of this component cannot be continued"));
  const taken = takeMessages(output.messages, form);
  if (!taken.ok) return taken;
  const scope = access.dataScope;
  const asked = { key, scope, sessionState: {}, isNewSession: false, before: output };
  const loaded = await loadStart(asked, { runnable, store: services.store, runtime });
  if (!loaded.ok) return loaded;
  const start = loaded.value;
  const fault = ticket.reserve(start.bytes + 2 * sizeOfJson(taken.value));
  if (fault !== undefined) return fail(fault);

  const said = joinTexts(form.input, form.additionalInstructions);
  const isReplaced = form.isRegenerated && form.replacesOriginal;
  // Shown with the original already, unless it no longer counts.
  const messages: Message[] = taken.value.map((message) => ({ ...message, from_history: !isReplaced }));
  const runId = runtime.generateId();
  const { controller } = entry;
  const createdAt = Math.floor(runtime.clock.now());
  if (said !== undefined) messages.push(toUserMessage(said, runtime.generateId(), createdAt));
  const context = {
    ...createContext(
      {
        key,
        runId,
        caller: access.identity,
        sessionState: {},
        dependencies: chooseDependencies({}, access.identity, claimOwned),
        metadata: output.metadata ?? {},
        isNewSession: false,
      },
      { runtime, memories, start, signal: controller.signal },
    ),
    resumed: {
      messages,
      calls: [],
      fork: {
        runId: output.run_id,
        messageIndex: taken.value.length,
        isRegenerated: form.isRegenerated,
      },
    },
  };
  // Before its row: nobody takes it for one that nobody runs.
  entry.runId = runId;
  return refuseFull(
    beginRun(
      {
        ticket,
        controller,
        runnable,
        input: { message: said ?? readLastInput(messages), media: [] },
        context,
        checkpoint: NO_CHECKPOINT,
        key,
        scope,
        starting: start.starting,
        bindsSession: start.bindsSession,
        ...(isReplaced ? { replaces: describeReplaced(output) } : {}),
      },
      services,
    ),
  );
}

/** Those that the new run begins with. */
function takeMessages(
  messages: readonly Message[],
  { continueFrom, isRegenerated, replacesOriginal, input, additionalInstructions }: ForkRequest["form"],
): Result<readonly Message[], InputFault> {
  if (replacesOriginal && !isRegenerated) return fail(inputFault(400, REPLACES_NOTHING));
  if (isRegenerated && (typeof continueFrom === "number" || input !== undefined))
    return fail(inputFault(400, NOT_WITH_REGENERATE));
  const end = isRegenerated || continueFrom === "last_user" ? endOfLastUser(messages) : continueFrom;
  const count = end === "end" ? messages.length : end;
  if (count > messages.length)
    return fail(inputFault(400, `continue_from must be between 0 and ${messages.length}`));
  const taken = messages.slice(0, count);
  if (hasOpenCall(taken)) return fail(inputFault(400, CUTS_A_CALL));
  const saysNothing = input === undefined && additionalInstructions === undefined;
  return taken.length === 0 && saysNothing ? fail(inputFault(400, NOTHING_LEFT)) : ok(taken);
}

const REPLACES_NOTHING = 'replace_original is only for "regenerate": add regenerate=true, or leave it out';
const NOT_WITH_REGENERATE =
  "regenerate answers the last message of the user again: leave continue_from and input out";
const CUTS_A_CALL =
  "continue_from separates a tool call from its result: take the messages up to the result, or those before the call";
const NOTHING_LEFT = "continue_from leaves no message to answer: take at least one, or add input";

function endOfLastUser(messages: readonly Message[]): number {
  return messages.findLastIndex(({ role }) => role === "user") + 1;
}

function toUserMessage(content: string, id: string, createdAt: number): Message {
  const about = { from_history: false, stop_after_tool_call: false, created_at: createdAt };
  return { id, content, role: "user", ...about };
}

function readLastInput(messages: readonly Message[]): string {
  const content = messages.findLast(({ role }) => role === "user")?.content;
  return typeof content === "string" ? content : "";
}

function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  const given = texts.filter((text) => text !== undefined);
  return given.length === 0 ? undefined : redactTokens(given.join("\n\n"));
}

function describeReplaced(output: StoredOutput) {
  return { runId: output.run_id, outputJson: JSON.stringify({ ...output, status: "REGENERATED" }) };
}
