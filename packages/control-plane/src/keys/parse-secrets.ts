/** The installation's secrets out of a variable or a file: the current one first, older ones behind it. */
import { fail, findSecretWeakness, ok, type Result } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";

export type Secrets = readonly [Uint8Array, ...Uint8Array[]];

/** One rotation needs two; nobody needs more at a time than this. */
const MAX_SECRETS = 8;
const HEXADECIMAL = /^[0-9a-f]{64}$/i;
/** Of both alphabets, with or without the sign at the end. */
const BASE64 = /^[\w+/-]{43}=?$/;

/** Reads them; `at` is what gives them. Faults name every one that cannot be used, and hold nothing of it. */
export function parseSecrets(text: string, at: string): Result<Secrets, readonly Fault[]> {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const faults: Fault[] = [];
  const secrets: Uint8Array[] = [];
  for (const [index, word] of words.slice(0, MAX_SECRETS + 1).entries()) {
    const secret =
      index < MAX_SECRETS ? parseSecret(word) : `is one more than the ${MAX_SECRETS} that are read`;
    if (typeof secret !== "string") secrets.push(secret);
    else faults.push(createInvalidFault(at, index + 1, secret));
  }
  const [current, ...older] = secrets;
  if (faults.length > 0) return fail(faults);
  if (current === undefined) return fail([createInvalidFault(at, 1, "is missing: there is no text")]);
  return ok([current, ...older]);
}

/** The secret, or what is wrong with the text. */
function parseSecret(word: string): Uint8Array | string {
  const encoding = HEXADECIMAL.test(word) ? "hex" : BASE64.test(word) ? "base64" : undefined;
  if (encoding === undefined)
    return `has ${word.length} characters: it is neither 64 hexadecimal digits nor 43 characters of base64 with "=" behind them`;
  const bytes = Buffer.from(word, encoding);
  // Written in hexadecimal or base64, or as the letters that somebody typed.
  const weakness = findSecretWeakness(word) ?? findSecretWeakness(bytes.toString("latin1"));
  return weakness === undefined ? new Uint8Array(bytes) : `can be guessed: ${weakness}`;
}

function createInvalidFault(at: string, number: number, problem: string): Fault {
  return createFault({ code: "CONFIG_SEALING_KEY_INVALID", at, facts: { number, problem } });
}
