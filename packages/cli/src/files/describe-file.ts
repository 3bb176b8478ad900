/** What is wrong with a file that a person named, in the words of the terminal. */
import type { FileProblem } from "@agentos/guard/app";

/** One sentence about a file that cannot be used; `shown` is its path in quotes, or words in its place. */
export function describeFileProblem(problem: FileProblem, shown: string): string {
  switch (problem.kind) {
    case "missing":
      return `the file ${shown} does not exist`;
    case "denied":
      return `the file ${shown} may not be read by this user`;
    case "folder":
      return `the path ${shown} is a folder, not a file`;
    case "no-file":
      return `the path ${shown} is a device, pipe or socket, not a file`;
    case "too-large":
      return `the file ${shown} is larger than ${problem.limit / 1024} KiB`;
    case "no-text":
      return `the file ${shown} holds ${problem.found}`;
    default:
      return `the file ${shown} cannot be read (${problem.code})`;
  }
}

/** What to do about it; `otherwise` where the path is what to look at. `what` is what the file was to hold, such as "key". */
export function suggestForFile(problem: FileProblem, what: string, otherwise: string): string {
  if (problem.kind === "folder" || problem.kind === "no-file" || problem.kind === "too-large")
    return `name the file that holds the ${what}`;
  if (problem.kind !== "no-text") return otherwise;
  if (problem.found === "UTF-16 text")
    return "save it as UTF-8; in PowerShell: Get-Content FILE | Set-Content -Encoding utf8 NEW_FILE";
  return what === "key"
    ? 'make a secret of text with "openssl rand -base64 48 > secret.txt", and use it on both sides; a key in DER is read as it is'
    : `name the file that holds the ${what} as text`;
}
