/** A configuration that cannot work. Thrown at construction, with every fault at once. */
import { DEFAULT_CLI, type Fault, type RenderedFault, renderFault } from "@agentos/contract";

/** Of an error about configuration. */
export interface ConfigurationErrorOptions {
  /** At least one. One that has its words already keeps them. */
  readonly faults: readonly (Fault | RenderedFault)[];
  /** The command that fixes name. Default "npx --no agentos". */
  readonly cli?: string | undefined;
  /** Kept for the log. Default none. */
  readonly cause?: unknown;
}

/** A configuration that cannot work; its message lists every fault with its fix. */
export class ConfigurationError extends Error {
  /** All of them, at least one; switch on `code`. */
  readonly faults: readonly RenderedFault[];

  /** Puts words to the faults. */
  constructor({ faults, cli = DEFAULT_CLI, cause }: ConfigurationErrorOptions) {
    const rendered = faults.map((fault) => ("message" in fault ? fault : renderFault(fault, cli)));
    const lines = rendered.map(({ message, fix, code }) => `  ${message}\n    fix: ${fix} [${code}]`);
    super(
      ["the configuration cannot be used:", ...lines].join("\n"),
      cause === undefined ? undefined : { cause },
    );
    this.name = "ConfigurationError";
    this.faults = Object.freeze(rendered);
    // Where nobody catches it Node prints both: what to do would stand there twice, between lines of our own code.
    Object.defineProperty(this, "faults", { enumerable: false });
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * Throws when a fault is an error; warnings do not stop a start. Where there is no key, variables that nothing reads are
 * thrown beside it: one of them may hold the key.
 */
export function throwErrors(faults: readonly Fault[], cli: string): void {
  const errors = faults.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const isKeyMissing = errors.some(({ code }) => code === "CONFIG_KEYS_MISSING");
  const unread = isKeyMissing ? faults.filter(({ code }) => code === "CONFIG_VARIABLE_UNREAD") : [];
  throw new ConfigurationError({ faults: [...errors, ...unread], cli });
}
