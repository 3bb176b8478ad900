/** Lines that a person types, or that a pipe brings, one question at a time. Nothing that arrives between two is lost. */
import { createInterface } from "node:readline";

export interface LinePrompt {
  /** The next line; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
  /** Ctrl-C does this, in place of ending the program. */
  onInterrupt(listener: () => void): void;
  /** Leaves the input alone. */
  close(): void;
}

type Streams = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

export function createLinePrompt({ stdin, stderr }: Streams): LinePrompt {
  const isPerson = stdin.isTTY === true && stderr.isTTY === true;
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
  return {
    ask(question) {
      const line = arrived.shift();
      if (line !== undefined || isOver) return Promise.resolve(line);
      if (isPerson) {
        lines.setPrompt(question);
        lines.prompt();
      }
      return new Promise((resolve) => {
        waiting = resolve;
      });
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
