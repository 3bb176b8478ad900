/**
 * The parser's commands, with errors that never repeat what was typed: a token behind a misspelt option, or where no
 * argument belongs, would end up in a terminal's history, a log, a bug report. Names of options and of commands are
 * shown where they can be nothing else.
 */
import { nearest } from "@agentos/contract/text";
import { Command, type ErrorOptions } from "commander";

/** Short, and of small letters: neither a key nor a token. */
const NAME = /^[a-z][a-z-]{0,23}$/;

/** Errors whose text is made of the program's own names alone. */
const HARMLESS = new Set([
  "commander.missingArgument",
  "commander.optionMissingArgument",
  "commander.missingMandatoryOptionValue",
  "commander.conflictingOption",
]);

export class GuardedCommand extends Command {
  override createCommand(name?: string): GuardedCommand {
    return new GuardedCommand(name);
  }

  /** The one place through which the parser reports. */
  override error(message: string, options?: ErrorOptions): never {
    return super.error(this.#describe(message, options?.code), options);
  }

  #describe(message: string, code: string | undefined): string {
    switch (code) {
      case "commander.unknownOption":
        return this.#describeOption(message);
      case "commander.unknownCommand":
        return this.#describeCommand(this.args[0] ?? "");
      case "commander.excessArguments": {
        // Without its name it was run as the default of its group: then the word was meant for another command.
        if (this.parent instanceof GuardedCommand && !this.parent.args.includes(this.name()))
          return this.parent.#describeCommand(this.args[0] ?? "");
        const expected = this.registeredArguments.length;
        const place = this.parent === null ? "" : ` for '${this.name()}'`;
        return `error: too many arguments${place}: expected ${expected}, got ${this.args.length}; a value belongs behind its option`;
      }
      case "commander.invalidArgument":
        return describeChoices(message);
      default:
        return code !== undefined && HARMLESS.has(code) ? message : "error: the command line cannot be read";
    }
  }

  /** The parser hands over its own text only: `error: unknown option '--name=value'`. */
  #describeOption(message: string): string {
    const [, hyphens = "", name = ""] = /^error: unknown option '(--?)([^=']*)/.exec(message) ?? [];
    const known = ["--help", ...longOptions(this)];
    const meant =
      hyphens === "--"
        ? suggest(
            name,
            known.map((option) => option.slice(2)),
          )
        : undefined;
    return [
      NAME.test(name) ? `error: unknown option '${hyphens}${name}'` : "error: unknown option",
      ...(meant === undefined ? [] : [`(Did you mean --${meant}?)`]),
    ].join("\n");
  }

  #describeCommand(name: string): string {
    const meant = suggest(
      name,
      this.commands.map((command) => command.name()),
    );
    return [
      NAME.test(name) ? `error: unknown command '${name}'` : "error: unknown command",
      ...(meant === undefined ? [] : [`(Did you mean ${meant}?)`]),
    ].join("\n");
  }
}

/** Of an option that takes one of some words: those words, and never what was typed. */
function describeChoices(message: string): string {
  const [, option, choices] =
    /^error: option '([^']+)' argument '[\s\S]*' is invalid\. Allowed choices are ([\w, -]+)\.$/.exec(
      message,
    ) ?? [];
  return option === undefined || choices === undefined
    ? "error: the command line cannot be read"
    : `error: option '${option}' takes one of: ${choices}`;
}

/** Those of the commands above it as well. */
function longOptions({ options, parent }: Command): readonly string[] {
  return [...options.flatMap(({ long }) => long ?? []), ...(parent === null ? [] : longOptions(parent))];
}

/** Of a text that may be a secret not even its likeness to a name is told. */
function suggest(name: string, known: readonly string[]): string | undefined {
  return NAME.test(name.toLowerCase()) ? nearest(name, known) : undefined;
}
