/** The option `--database` of a server: an address, or `env:NAME` or `file:PATH` that has it. */
import { resolve } from "node:path";
import { readReference } from "../input/read-reference.ts";
import type { Context } from "../program/context.ts";

/** An address with a password belongs in a variable or a file. A relative path starts at the current folder. */
export async function readDatabaseOption(given: string, context: Context): Promise<string> {
  const { text } = await readReference(given, context, { what: "database", bare: "value" });
  const path = /^sqlite:(?!\/\/|:memory:$)(.+)$/.exec(text)?.[1];
  return path === undefined ? text : `sqlite:${resolve(context.workingDirectory, path)}`;
}
