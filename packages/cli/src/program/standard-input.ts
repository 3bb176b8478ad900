/** Reads standard input once, whole and bounded. */
import { decodeKeyText } from "@agentos/auth";
import { CliFailure } from "./failure.ts";

const MAX_BYTES = 1024 * 1024;

type Input = AsyncIterable<Buffer | string> & { readonly isTTY?: boolean };

/** Makes the reader. On a terminal it says on standard error that it waits. */
export function readStandardInput(
  input: Input,
  notes: { write(text: string): unknown },
): () => Promise<string> {
  let isRead = false;
  return async () => {
    if (isRead) {
      throw new CliFailure('two options ask for standard input ("-")', {
        fix: "give one of them as env:NAME or file:PATH",
      });
    }
    isRead = true;
    if (input.isTTY === true)
      notes.write("reading from standard input; end with Ctrl-D on a line of its own\n");
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of input) {
      const buffer = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      bytes += buffer.length;
      if (bytes > MAX_BYTES)
        throw new CliFailure("standard input is larger than 1 MiB", { fix: "give only the key or token" });
      chunks.push(buffer);
    }
    const text = decodeKeyText(Buffer.concat(chunks));
    if (text.ok) return text.value;
    throw new CliFailure(`standard input is ${text.fault}`, { fix: "give text in UTF-8" });
  };
}
