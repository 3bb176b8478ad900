/** The log of `agentos dev`: one readable line for each refusal, instead of JSON. */
import { type Logger, redactTokens } from "@agentos/server";
import { showUntrusted, type Terminal } from "../terminal.ts";

/** Writes to standard error; quiet keeps errors only. */
export function createDevLogger(terminal: Terminal, options: { readonly isQuiet: boolean }): Logger {
  const write = (mark: string, facts: Readonly<Record<string, unknown>>, text: string): void => {
    const read = (name: string) =>
      typeof facts[name] === "string" ? showUntrusted(redactTokens(facts[name])) : "";
    const code = read("code");
    const place = [read("route"), code === "" ? "" : `[${code}]`].filter((part) => part !== "").join(" ");
    terminal.note(`${mark} ${place === "" ? "" : `${place} `}${showUntrusted(redactTokens(text))}`);
    if (read("fix") !== "") terminal.note(`  fix: ${read("fix")}`);
    const { error } = facts;
    if (error instanceof Error)
      terminal.note(`  ${showUntrusted(redactTokens(`${error.name}: ${error.message}`))}`);
  };
  return {
    error: (facts, text) => write(terminal.paintNote("red", "error"), facts, text),
    warn: (facts, text) => {
      if (!options.isQuiet) write(terminal.paintNote("yellow", "refused"), facts, text);
    },
    info: () => undefined,
  };
}
