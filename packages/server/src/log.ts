/** The default logger: pino, one JSON line each on standard error, with credentials replaced wherever they stand. */
import { destination, pino } from "pino";
import { redactTokensDeep } from "./agents/redact-tokens.ts";
import type { Logger } from "./ports/runtime.ts";

/** Creates the default logger. `level` is pino's; default "info". */
export function createLogger(level = "info"): Logger {
  const log = pino({ level, base: null, serializers: { error: pino.stdSerializers.err } }, destination(2));
  const write = (method: "error" | "warn" | "info"): Logger["error"] => {
    return (facts, text) => log[method](safe(facts), text);
  };
  return { error: write("error"), warn: write("warn"), info: write("info") };
}

/** Exceptions keep their type for the serializer; their message is redacted there. */
function safe(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      value instanceof Error ? redactError(value) : redactTokensDeep(value),
    ]),
  );
}

function redactError(error: Error): Record<string, unknown> {
  return redactTokensDeep({
    type: error.name,
    message: error.message,
    stack: error.stack,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  });
}
