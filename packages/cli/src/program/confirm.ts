/** Asks a person for a yes, where there is one. */
import { createInterface } from "node:readline/promises";

type Streams = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** Undefined where nobody can answer: a pipe, a job. Everything but a yes is a no. */
export function createConfirm({
  stdin,
  stderr,
}: Streams): (question: string) => Promise<boolean | undefined> {
  return async (question) => {
    if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return /^y(?:es)?$/i.test((await lines.question(question)).trim());
    } finally {
      lines.close();
    }
  };
}
