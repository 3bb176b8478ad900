/** `agentos keys show`: what a key is, what had to be repaired, or why it cannot be used. */
import type { Command } from "commander";
import { readReference } from "../input/read-reference.ts";
import { describeKeys, parseKeyText, printKeyReport } from "../keys/describe-key.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { formatJson } from "../text/format-json.ts";

interface Options {
  readonly algorithm?: string;
  readonly json?: true;
}

export function addKeysShow(parent: Command, context: Context): void {
  parent
    .command("show")
    .description("say what a key is, what had to be repaired, or why a server would refuse it (then 3)")
    .argument("<key>", "FILE, file:PATH, env:NAME or - for standard input; a key in PEM, a JWK or a JWKS")
    .option(
      "--algorithm <name>",
      "the algorithm that the server is configured with; needed for a shared secret",
    )
    .option("--json", "print JSON")
    .action(async (reference: string, options: Options) => {
      const { text, source } = await readReference(reference, context, { what: "key", bare: "file" });
      const result = await parseKeyText(text, { source, algorithm: options.algorithm });
      const report = describeKeys(result, context);
      if (options.json) context.terminal.print(formatJson(report));
      else printKeyReport(report, context);
      const isUsable = report.keys.length > 0 && report.faults.every(({ severity }) => severity !== "error");
      context.finish(isUsable ? ExitCode.ok : ExitCode.invalidConfiguration);
    });
}
