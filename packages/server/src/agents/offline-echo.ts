import {
  createOfflineModel,
  finishPart,
  type LanguageModelV4,
  splitIntoDeltas,
  textOf,
} from "./offline-model.ts";

/** A model that says the user's last message back, a word at a time. */
export function offlineEcho(): LanguageModelV4 {
  return createOfflineModel("echo", async function* (call) {
    const last = call.prompt.findLast((message) => message.role === "user");
    const text = last === undefined ? "" : textOf(last);
    yield { type: "stream-start", warnings: [] };
    yield { type: "text-start", id: "0" };
    for (const delta of splitIntoDeltas(text)) {
      call.abortSignal?.throwIfAborted();
      yield { type: "text-delta", id: "0", delta };
    }
    yield { type: "text-end", id: "0" };
    yield finishPart(call, { text, hasToolCalls: false });
  });
}
