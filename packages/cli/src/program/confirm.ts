/** Asks a person for a yes, where there is one. */
import { createLinePrompt, hasPerson, type PromptStreams } from "./line-prompt.ts";

/** Undefined where nobody answers: a pipe, a job, Ctrl-C, Ctrl-D. Everything else but a yes is a no. */
export function createConfirm(streams: PromptStreams): (question: string) => Promise<boolean | undefined> {
  return async (question) => {
    if (!hasPerson(streams)) return undefined;
    const prompt = createLinePrompt(streams);
    const left = new AbortController();
    prompt.onInterrupt(() => left.abort());
    try {
      return await prompt.confirm(question, left.signal);
    } finally {
      prompt.close();
    }
  };
}
