import type { LanguageModelV4 } from "@ai-sdk/provider";
import {
  createOfflineModel,
  finishPart,
  type OfflineCall,
  type Plan,
  splitIntoDeltas,
  textOf,
} from "./offline-model.ts";
import { sleepByTimer } from "./provider/sleep.ts";

/** A model that says the user's last message back, a word at a time. */
export function offlineEcho(): LanguageModelV4 {
  return createOfflineModel("echo", planEcho, sleepByTimer);
}

function* planEcho(call: OfflineCall): Plan {
  const last = call.prompt.findLast((message) => message.role === "user");
  const text = last === undefined ? "" : textOf(last);
  yield { type: "stream-start", warnings: [] };
  yield { type: "text-start", id: "0" };
  for (const delta of splitIntoDeltas(text)) yield { type: "text-delta", id: "0", delta };
  yield { type: "text-end", id: "0" };
  yield finishPart(call, { text, hasToolCalls: false });
}
