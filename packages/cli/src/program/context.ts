/** What a command may touch, passed in so that tests can replace it. */

import { DEFAULT_CLI } from "@agentos/contract";
import { createConfirm } from "./confirm.ts";
import type { ExitCode } from "./exit-codes.ts";
import { createLinePrompt, type LinePrompt } from "./line-prompt.ts";
import { readStandardInput } from "./standard-input.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly terminal: Terminal;
  /** Everything on standard input; a second call is refused. */
  readonly readStandardInput: () => Promise<string>;
  /** Asks a person; undefined where nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Takes over standard input for a conversation, line by line. */
  readonly openPrompt: () => LinePrompt;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How fixes name this command. */
  readonly cli: string;
  /** Remembers how the command ended. */
  readonly finish: (code: ExitCode) => void;
}

export function createContext(finish: (code: ExitCode) => void): Context {
  return {
    // A copy: process.env is no plain object, and nothing here may change it.
    env: { ...process.env },
    workingDirectory: process.cwd(),
    terminal: createTerminal(process, process.env),
    readStandardInput: readStandardInput(process.stdin, process.stderr),
    confirm: createConfirm(process),
    openPrompt: () => createLinePrompt(process),
    now: () => Date.now() / 1000,
    cli: DEFAULT_CLI,
    finish,
  };
}
