/**
 * The default logger: pino, one JSON line each on standard error, with credentials replaced wherever they stand, and with
 * nothing in it that a terminal obeys.
 */
import { escapeUnprintable } from "@agentos/contract/text";
import { destination, pino } from "pino";
import { MAX_LOGGED_VALUES } from "./log-limits.ts";
import { redactTokens, redactTokensDeep } from "./redact-tokens.ts";
import type { Logger } from "./runtime.ts";

/**
 * Creates the default logger. `level` is pino's; default "info". `output` takes the lines; default standard error.
 * A fact may be any value at all, such as what a tool threw: no value breaks the call or makes an endless line.
 */
export function createLogger(level = "info", output: { write(line: string): void } = destination(2)): Logger {
  const log = pino({ level, base: null }, { write: (line) => output.write(toOneLine(line)) });
  const write = (method: "error" | "warn" | "info" | "debug"): Logger["error"] => {
    return (facts, text) => log[method](safe(facts), redactTokens(text));
  };
  return { error: write("error"), warn: write("warn"), info: write("info"), debug: write("debug") };
}

/** JSON leaves what a terminal obeys and what a viewer takes for a line end: C1, bidirectional controls, U+2028. */
function toOneLine(line: string): string {
  return line.endsWith("\n") ? `${escapeUnprintable(line.slice(0, -1))}\n` : escapeUnprintable(line);
}

function safe(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      redactTokensDeep(isError(value) ? describeError(value) : value, { maxValues: MAX_LOGGED_VALUES }),
    ]),
  );
}

/** An exception of a tool may be anything: a look at a revoked proxy throws. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Read by the redaction, inside its net: any of these may be a getter that throws. */
function describeError(error: Error): Record<string, unknown> {
  return {
    get type() {
      return error.name;
    },
    get message() {
      return error.message;
    },
    get stack() {
      return error.stack;
    },
    get cause() {
      return isError(error.cause) ? error.cause.message : undefined;
    },
  };
}
