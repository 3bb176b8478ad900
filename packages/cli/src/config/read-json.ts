/** Reads a JSON configuration file. */
import { readFile } from "node:fs/promises";
import { describeFileError } from "../input/read-reference.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure, systemCode } from "../program/failure.ts";
import { scanJson } from "./scan-json.ts";

/** The value in the file. Throws {@link CliFailure} with line and column, and with nothing of the content. */
export async function readJson({
  path,
  shownPath,
}: {
  readonly path: string;
  readonly shownPath: string;
}): Promise<unknown> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new CliFailure(describeFileError(`"${shownPath}"`, systemCode(cause)), {
      fix: "give the path of the configuration with --config",
      exitCode: ExitCode.invalidConfiguration,
      cause,
    });
  }
  const faults = scanJson(text);
  const [first] = faults;
  if (first !== undefined) {
    const all = faults.map(({ line, column, problem }) => `${shownPath}:${line}:${column}: ${problem}`);
    throw new CliFailure(`the configuration is not valid JSON: ${all.join("; ")}`, {
      fix: "correct it there; JSON has no comments and no comma behind the last entry",
      exitCode: ExitCode.invalidConfiguration,
    });
  }
  return JSON.parse(text) as unknown;
}
