/** A configuration that cannot work. Thrown at construction, with every fault at once. */

/** One thing that is wrong with a configuration. */
export interface ConfigurationFault {
  /** A code of the contract's catalogue, such as `CONFIG_OPTION_UNKNOWN`. */
  readonly code: string;
  /** What is wrong: one line, no secret. */
  readonly message: string;
  /** What to do next. */
  readonly fix: string;
  /** Where: the path of the option, such as `agents[0].model`. */
  readonly at?: string;
}

/** A configuration that cannot work; its message lists every fault with its fix. */
export class ConfigurationError extends Error {
  /** All of them, at least one; switch on `code`. */
  readonly faults: readonly ConfigurationFault[];

  /** `cause` is kept for the log. */
  constructor(options: { readonly faults: readonly ConfigurationFault[]; readonly cause?: unknown }) {
    const lines = options.faults.map((fault) => `  ${fault.message}\n    fix: ${fault.fix} [${fault.code}]`);
    super(["the configuration cannot be used:", ...lines].join("\n"), { cause: options.cause });
    this.name = "ConfigurationError";
    this.faults = Object.freeze([...options.faults]);
  }
}
