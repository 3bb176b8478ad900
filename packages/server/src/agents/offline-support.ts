/**
 * The model of the support agent, without a provider: it finds a denial id or a pasted token in what the user says, calls
 * the tool for it, and puts the tool's result into two or three sentences. It knows nothing that the tools do not say.
 */

import { REDACTED_TOKEN } from "@agentos/guard";
import {
  createOfflineModel,
  finishPart,
  type LanguageModelV4,
  type ModelPrompt,
  splitIntoDeltas,
  textOf,
} from "./offline-model.ts";
import type { SupportAnswer } from "./support-tools.ts";

const DENIAL_ID = /\bden_[A-Za-z0-9-]{8,64}\b/;

const ASK =
  'Tell me the denial id of the answer (it looks like den_… and is in the body under "denial_id"), or paste the token. I use a token for the check alone and keep no copy of it.';

/** Makes the model. It is to be given the tools of `createSupportTools`. */
export function offlineSupport(): LanguageModelV4 {
  return createOfflineModel("support", async function* (call) {
    yield { type: "stream-start", warnings: [] };
    const step = nextStep(call.prompt);
    if (step.kind === "call") {
      yield {
        type: "tool-call",
        toolCallId: "call_1",
        toolName: step.tool,
        input: JSON.stringify(step.args),
      };
      yield finishPart(call, { text: "", hasToolCalls: true });
      return;
    }
    yield { type: "text-start", id: "0" };
    for (const delta of splitIntoDeltas(step.text)) {
      call.abortSignal?.throwIfAborted();
      yield { type: "text-delta", id: "0", delta };
    }
    yield { type: "text-end", id: "0" };
    yield finishPart(call, { text: step.text, hasToolCalls: false });
  });
}

type Step =
  | { readonly kind: "call"; readonly tool: string; readonly args: Readonly<Record<string, string>> }
  | { readonly kind: "say"; readonly text: string };

function nextStep(prompt: ModelPrompt): Step {
  const lastUser = prompt.findLastIndex(({ role }) => role === "user");
  const result = readResult(prompt.slice(lastUser + 1));
  if (result !== undefined) return { kind: "say", text: phrase(result) };
  const user = prompt[lastUser];
  const text = user === undefined ? "" : textOf(user);
  const denialId = DENIAL_ID.exec(text)?.[0];
  if (denialId !== undefined) return { kind: "call", tool: "explain_denial", args: { denial_id: denialId } };
  if (text.includes(REDACTED_TOKEN)) return { kind: "call", tool: "explain_token", args: {} };
  return { kind: "say", text: ASK };
}

/** What the tool has said since the user last spoke. */
function readResult(messages: ModelPrompt): SupportAnswer | "failed" | undefined {
  const parts = messages.flatMap((message) => (message.role === "tool" ? message.content : []));
  for (const part of parts) {
    if (part.type !== "tool-result") continue;
    if (part.output.type !== "text") return "failed";
    try {
      return JSON.parse(part.output.value) as SupportAnswer;
    } catch {
      return "failed";
    }
  }
  return undefined;
}

function phrase(result: SupportAnswer | "failed"): string {
  if (result === "failed")
    return "The check itself failed, so I cannot tell. The server's log has the reason.";
  switch (result.outcome) {
    case "not allowed":
      return `I may not tell you: the record of a denial is for callers who hold the scope "${result.needs}" or the admin scope. Ask the operator of this server, and give them the denial id.`;
    case "unknown denial":
      return "I know no denial with this id. It may be too old, or of another server; repeat the request and give me the new id.";
    case "no token":
      return ASK;
    case "valid":
      return "This server accepts the token. If a request is refused all the same, it is for its scopes: give me the denial id of that answer.";
    default:
      return phraseCause(result);
  }
}

function phraseCause({ causes = [], route }: SupportAnswer): string {
  const [cause] = causes;
  if (cause === undefined)
    return "I see that it was refused, and cannot tell why. The server's log has more.";
  const where = route === undefined ? "The token is refused" : `The request ${route} was refused`;
  const sure = cause.certainty === "certain" ? "because" : "most likely because";
  const why = cause.evidence
    .slice(0, 3)
    .map(({ fact }) => fact)
    .join("; ");
  return `${where} ${sure} ${cause.sentence} (${cause.code})${why === "" ? "" : `: ${why}`}. The fix: ${cause.fix}.`;
}
