/** Lines that a person types, or that a pipe brings, one question at a time. Nothing that arrives between two is lost. */
import { createInterface } from "node:readline";

export interface LinePrompt {
  /** The next line; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
  /**
   * A yes or a no that is typed after the question is shown. Undefined where nobody sees it, at the end of the input, and
   * when the signal aborts. What was typed before it is no answer, and stays for `ask`.
   */
  confirm(question: string, signal: AbortSignal): Promise<boolean | undefined>;
  /** Ctrl-C does this, in place of ending the program. */
  onInterrupt(listener: () => void): void;
  /** Leaves the input alone. */
  close(): void;
}

export type PromptStreams = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** Whether somebody sees a question and can answer it: no pipe, no job. */
export function hasPerson({ stdin, stderr }: PromptStreams): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

export function createLinePrompt({ stdin, stderr }: PromptStreams): LinePrompt {
  const isPerson = hasPerson({ stdin, stderr });
  const lines = createInterface({
    input: stdin,
    terminal: isPerson,
    ...(isPerson ? { output: stderr } : {}),
  });
  const arrived: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  let interrupt: () => void = () => undefined;
  const onSignal = () => interrupt();
  const hand = (line: string | undefined) => {
    const receive = waiting;
    waiting = undefined;
    receive?.(line);
  };
  lines.on("line", (line) => {
    if (waiting === undefined) arrived.push(line);
    else hand(line);
  });
  lines.on("close", () => {
    isOver = true;
    hand(undefined);
  });
  // A terminal that reads key by key gives no signal.
  lines.on("SIGINT", onSignal);
  process.on("SIGINT", onSignal);
  const readNext = (question: string) =>
    new Promise<string | undefined>((resolve) => {
      waiting = resolve;
      if (!isPerson) return;
      lines.setPrompt(question);
      lines.prompt();
    });
  return {
    ask(question) {
      const line = arrived.shift();
      return line !== undefined || isOver ? Promise.resolve(line) : readNext(question);
    },
    async confirm(question, signal) {
      if (!isPerson || isOver || signal.aborted) return undefined;
      const leave = () => {
        // What follows begins on a line of its own.
        stderr.write("\n");
        hand(undefined);
      };
      signal.addEventListener("abort", leave, { once: true });
      const answer = await readNext(question);
      signal.removeEventListener("abort", leave);
      return answer === undefined ? undefined : /^y(?:es)?$/i.test(answer.trim());
    },
    onInterrupt(listener) {
      interrupt = listener;
    },
    close() {
      process.off("SIGINT", onSignal);
      lines.close();
    },
  };
}
