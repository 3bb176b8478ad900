/** Reads a JSON configuration file. */
import { readFileText } from "@agentos/guard/app";
import { describeFileProblem, suggestForFile } from "../files/describe-file.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { scanJson } from "./scan-json.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** The value in the file. Throws {@link CliFailure} with line and column, and with nothing of the content. */
export async function readJson({
  path,
  shownPath,
}: {
  readonly path: string;
  readonly shownPath: string;
}): Promise<unknown> {
  const read = await readFileText(path, { limit: MAX_BYTES, as: "text", allowsPipe: true });
  if (!read.ok) {
    const { fault } = read;
    throw new CliFailure(describeFileProblem(fault, `"${shownPath}"`), {
      fix: suggestForFile(fault, "configuration", "give the path of the configuration with --config"),
      exitCode: ExitCode.invalidConfiguration,
    });
  }
  const text = read.value.text.replace(/^\uFEFF/, "");
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
