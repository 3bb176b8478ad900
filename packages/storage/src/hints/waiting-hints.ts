/** Hints on their way to other processes: few, however many are told. */
import { type Hint, MAX_PAYLOAD_LENGTH } from "./hints.ts";

export interface WaitingHints {
  add(hint: Hint): void;
  isEmpty(): boolean;
  /** All of them; from then on none waits. */
  take(): readonly Hint[];
}

/** Payloads of one topic; of more than that nobody looks them up one by one. */
const MAX_PAYLOADS = 32;

/** The same hint waits once; a payload that is too long, or one too many, is a hint without: "look at everything". */
export function createWaitingHints(): WaitingHints {
  const waiting = new Map<string, Set<string> | "everything">();
  return {
    add({ topic, payload }) {
      const payloads = waiting.get(topic) ?? new Set();
      const isNamed = payload !== undefined && payload.length <= MAX_PAYLOAD_LENGTH;
      if (payloads !== "everything" && isNamed && payloads.size < MAX_PAYLOADS)
        waiting.set(topic, payloads.add(payload));
      else waiting.set(topic, "everything");
    },
    isEmpty: () => waiting.size === 0,
    take() {
      const hints = [...waiting].flatMap(([topic, payloads]): readonly Hint[] => {
        if (payloads === "everything") return [{ topic, payload: undefined }];
        return [...payloads].map((payload) => ({ topic, payload }));
      });
      waiting.clear();
      return hints;
    },
  };
}
