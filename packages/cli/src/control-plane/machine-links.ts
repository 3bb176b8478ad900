/** `agentos control-plane owner-link` and `reset-password`: the ways in for who keeps the machine. */
import { type FoundLink, printOwnerLink, printResetLink } from "@agentos/control-plane/machine";
import type { Context } from "../program/context.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatMoment } from "../text/duration.ts";
import { formatJson } from "../text/format-json.ts";
import { type MachineCommandOptions, orExplain, readMachineOptions } from "./machine-options.ts";

export async function printOwner(options: MachineCommandOptions, context: Context): Promise<void> {
  const { email, ...link } = await orExplain(
    printOwnerLink(await readMachineOptions(options, context)),
    context,
  );
  printLink(
    link,
    {
      words:
        email === undefined
          ? "opens the form for the first Owner: name, e-mail address and password"
          : `signs in ${showUntrusted(email)}, who is an Owner`,
      isJson: options.json === true,
    },
    context,
  );
}

export async function printReset(
  email: string,
  options: MachineCommandOptions,
  context: Context,
): Promise<void> {
  const link = await orExplain(printResetLink(await readMachineOptions(options, context), email), context);
  const words = "sets a new password, and ends every other session of this person";
  printLink(link, { words, isJson: options.json === true }, context);
}

/** The link alone goes to standard output, so that `$(…)` catches it. */
function printLink(
  { url, expiresAt, database }: FoundLink,
  { words, isJson }: { readonly words: string; readonly isJson: boolean },
  { terminal, now }: Context,
): void {
  if (isJson) {
    terminal.print(formatJson({ url, expires_at: expiresAt, database: database.shown }));
    return;
  }
  terminal.note(
    `database: ${showUntrusted(database.shown)}${database.isNew ? " (made now: a control plane that keeps its data elsewhere knows nothing of this link)" : ""}`,
  );
  terminal.note(`This link ${words}. It works once, until ${formatMoment(expiresAt, now())}:`);
  terminal.print(url);
}
