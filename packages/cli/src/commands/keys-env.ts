/** `agentos keys env`: a public key as one line for an env file or a shell, proved by reading it back. */
import type { Command } from "commander";
import { readReference } from "../input/read-reference.ts";
import { describeKeys, parseKeyText, printKeyReport } from "../keys/describe-key.ts";
import { ENV_NAME, makeEnvLine, toPublicPem } from "../keys/env-line.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";

export function addKeysEnv(parent: Command, context: Context): void {
  parent
    .command("env")
    .description(`print ${ENV_NAME}=… in a form that survives env files and shells`)
    .argument("<key>", "public key: FILE, file:PATH, env:NAME or - for standard input")
    .option(
      "--algorithm <name>",
      "the algorithm that the server is configured with (default: the key decides)",
    )
    .option("--export", 'put "export" before the line')
    .action(async (reference: string, options: { algorithm?: string; export?: true }) => {
      const { text, source } = await readReference(reference, context, { what: "key", bare: "file" });
      const { algorithm } = options;
      const prefix = options.export ? "export " : "";
      context.finish(await printEnvLine({ text, source, algorithm, prefix }, context));
    });
}

async function printEnvLine(
  input: { text: string; source: string; algorithm: string | undefined; prefix: string },
  context: Context,
): Promise<ExitCode> {
  const result = await parseKeyText(input.text, input);
  const [key, ...others] = result.keys;
  const isRefused = result.faults.some(({ severity }) => severity === "error");
  if (key === undefined || isRefused) {
    printKeyReport(describeKeys({ keys: [], faults: result.faults }, context), {
      ...context,
      terminal: onStandardError(context),
    });
    return ExitCode.invalidConfiguration;
  }
  if (others.length > 0) {
    throw new CliFailure(`this is a set of ${result.keys.length} keys, and the variable holds one`, {
      fix: "set JWT_JWKS_FILE to the path of the set instead",
      exitCode: ExitCode.invalidConfiguration,
    });
  }
  const pem = await toPublicPem(key);
  const line = pem === undefined ? undefined : await makeEnvLine(pem, key);
  if (line === undefined) {
    const secret = `export ${ENV_NAME}="$(cat FILE)"`;
    throw new CliFailure("only a public key can be put into this form, and this is a shared secret", {
      fix: `it goes into the variable as it is: ${secret}; and "algorithm": "${key.algorithms[0] ?? "HS256"}" into the configuration of the server`,
      exitCode: ExitCode.invalidConfiguration,
    });
  }
  context.terminal.print(`${input.prefix}${line}`);
  context.terminal.note(`read back: the same key, ${showUntrusted(key.label)}`);
  return ExitCode.ok;
}

/** Standard output holds the line and nothing else, so that `>> .env` never writes a complaint into the file. */
function onStandardError({ terminal }: Context): Context["terminal"] {
  return { ...terminal, print: (text = "") => terminal.note(text), paint: terminal.paintNote };
}
