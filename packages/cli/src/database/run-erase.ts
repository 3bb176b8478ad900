/** `agentos data erase`: what a database has of one person goes, once somebody has seen how much that is. */
import {
  type EraseTarget,
  erasePersonalData,
  findPersonalData,
  type PersonalData,
  withAgentDatabase,
} from "@agentos/server/database";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { describeCount } from "../text/describe-count.ts";
import { type GivenDatabase, locateDatabase, requireFile } from "./locate-database.ts";

export interface EraseOptions extends GivenDatabase {
  readonly user: string;
  readonly issuer?: string;
  readonly yes?: true;
}

export async function eraseUser(options: EraseOptions, context: Context): Promise<ExitCode> {
  requireText("user", options.user);
  if (options.issuer !== undefined) requireText("issuer", options.issuer);
  const located = await locateDatabase(options, context);
  requireFile(located);
  const { print, note } = context.terminal;
  const target: EraseTarget = {
    userId: options.user,
    issuer: options.issuer,
    deployment: located.onlyDeployment,
  };
  return withAgentDatabase(located, context.cli, async (database) => {
    const found = await findPersonalData(database, target);
    if (isEmpty(found)) {
      print(`there is nothing of this user in the database: ${showUntrusted(located.shown)}`);
      return ExitCode.ok;
    }
    print(`in the database: ${showUntrusted(located.shown)}`);
    for (const line of describe(found)) print(line);
    if (options.yes !== true) {
      const answer = await context.confirm("Delete all of this? It cannot be undone. [y/N] ");
      if (answer === undefined)
        throw new CliFailure("nobody has confirmed it, and nothing was deleted", {
          fix: "add --yes to delete it",
        });
      if (!answer) {
        print("nothing was deleted");
        return ExitCode.failed;
      }
    }
    const { isFileClean } = await erasePersonalData(database, target);
    print("deleted");
    if (!isFileClean)
      note(
        "another process uses the file, so pages that are free may still hold what was deleted: run this again while no server runs",
      );
    if (database.dialect.name === "postgres")
      note(
        "PostgreSQL writes over it in its own time (VACUUM); its backups and archives keep it until they are deleted",
      );
    else note("backups of the file keep it until they are deleted");
    return ExitCode.ok;
  });
}

/** A variable of a shell that is not set gives an empty text, and what belongs to nobody has an empty id. */
function requireText(name: "user" | "issuer", text: string): void {
  if (text.trim() === "")
    throw new CliFailure(`"--${name}" is empty, and nothing was deleted`, {
      fix: `give the ${name === "user" ? "id of the user" : "name of the issuer"}; where it comes from a variable, set that`,
    });
}

function isEmpty({ owners, runs, denials, decisions }: PersonalData): boolean {
  return owners.length === 0 && runs + denials + decisions === 0;
}

const KINDS: Readonly<Record<string, string>> = {
  user: "verified",
  claimed: "claimed by a client, never verified",
};

function describe({ owners, runs, denials, decisions }: PersonalData): readonly string[] {
  return [
    ...owners.map(
      ({ deployment, issuer, kind, sessions, memories }) =>
        `  ${showUntrusted(deployment)}: user of "${showUntrusted(issuer)}" (${KINDS[kind] ?? showUntrusted(kind)}): ${describeCount(sessions, "session")}, ${describeCount(memories, "memory")}`,
    ),
    `  in all ${describeCount(runs, "run")}, ${describeCount(denials, "recorded refusal")}, ${describeCount(decisions, "hourly count")} of decisions`,
  ];
}
