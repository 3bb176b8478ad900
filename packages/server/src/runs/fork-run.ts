/** A completed run is continued as a new one, which begins with its messages (contract 4.3). */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { Message, PrefixedKind } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault, type Runtime } from "@agentos/guard/app";
import type { ContinueForm } from "./continue-form.ts";
import { hasOpenCall } from "./message-places.ts";
import { type ClaimOwnedKeys, chooseDependencies } from "./owner.ts";
import type { RunPlan } from "./resolve-run.ts";
import type { Runnable } from "./runnable.ts";
import type { SessionKey, StoredOutput, StoredRun } from "./store.ts";

export interface ForkRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly key: SessionKey;
  readonly form: Omit<ContinueForm, "decisions">;
  readonly access: Pick<Access, "identity" | "dataScope">;
}

export interface ForkOptions {
  readonly runtime: Pick<Runtime, "clock" | "generateId">;
  readonly claimOwned: ClaimOwnedKeys;
}

export function planFork(
  { runnable, key, form, access: { identity, dataScope } }: ForkRequest,
  { output }: Pick<StoredRun, "output">,
  { runtime: { clock, generateId }, claimOwned }: ForkOptions,
): Result<RunPlan, InputFault> {
  if (runnable.pauses === undefined)
    return fail(inputFault(409, "runs of this component cannot be continued"));
  const taken = takeMessages(output.messages, form);
  if (!taken.ok) return taken;
  const said = joinTexts(form.input, form.additionalInstructions);
  const isReplaced = form.isRegenerated && form.replacesOriginal;
  // Shown with the original already, unless it no longer counts.
  const runId = generateId();
  const messages: Message[] = taken.value.map((message) => ({ ...message, from_history: !isReplaced }));
  if (said !== undefined) messages.push(toUserMessage(said, generateId(), Math.floor(clock.now())));
  return ok({
    runId,
    key,
    scope: dataScope,
    caller: identity,
    input: { message: said ?? readLastInput(messages), media: [] },
    sessionState: {},
    dependencies: chooseDependencies({}, identity, claimOwned),
    formDependencies: {},
    metadata: output.metadata ?? {},
    isNewSession: false,
    resumed: {
      messages,
      calls: [],
      fork: {
        runId: output.run_id,
        messageIndex: taken.value.length,
        isRegenerated: form.isRegenerated,
      },
    },
    before: output,
    replaces: isReplaced ? describeReplaced(output, runId) : undefined,
  });
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

function describeReplaced(output: StoredOutput, by: string) {
  const replaced: StoredOutput = { ...output, status: "REGENERATED", replaced_by: by };
  return { runId: output.run_id, outputJson: JSON.stringify(replaced) };
}
