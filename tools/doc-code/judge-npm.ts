// Documented `npm` and `npx` lines: their scripts, workspaces, packages and commands exist.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { judgeAgentos } from "./judge-agentos.ts";

const OWN_COMMANDS = new Set("ci exec help init pack rebuild".split(" "));
const FLAGS = new Set("-s --silent --if-present -ws --workspaces --no-audit --no-fund".split(" "));

interface Manifest {
  readonly name?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What is wrong with the words behind `npm`, in the repository at `root`. */
export function judgeNpm(words: readonly string[], root: string): readonly string[] {
  const { options, positional, workspace } = readOptions(words);
  const unknown = options.flatMap((option) =>
    FLAGS.has(option) || option.startsWith("--ignore-scripts")
      ? []
      : [`npm: ${option} is no option that this check knows`],
  );
  const [command = "", ...rest] = positional;
  if (command === "install" || command === "i")
    return [...unknown, ...rest.flatMap((name) => judgePackage(name, root))];
  const script = command === "run" || command === "run-script" ? rest[0] : command;
  if (script === undefined || script === "" || (OWN_COMMANDS.has(command) && command === script))
    return unknown;
  const manifest = workspace === undefined ? readManifest(root) : findWorkspace(workspace, root);
  if (manifest === undefined) return [...unknown, `npm: there is no workspace ${workspace}`];
  if (manifest.scripts?.[script] !== undefined) return unknown;
  const place = workspace === undefined ? "package.json" : workspace;
  return [...unknown, `npm: ${place} has no script "${script}"`];
}

/** What is wrong with the words behind `npx`. */
export function judgeNpx(
  words: readonly string[],
  root: string,
  options: { readonly isComplete: boolean },
): readonly string[] {
  const first = words.findIndex((word) => !word.startsWith("-"));
  const before = first === -1 ? words : words.slice(0, first);
  const command = words[first];
  const rest = first === -1 ? [] : words.slice(first + 1);
  if (command === undefined) return [];
  if (command !== "agentos")
    return existsSync(join(root, "node_modules/.bin", command))
      ? []
      : [`npx: ${command} is not installed here`];
  const faults = [...judgeAgentos(rest, options)];
  if (!before.includes("--no"))
    faults.push("npx may download a stranger's package: write `npx --no agentos`");
  if (rest[0]?.startsWith("-") === true && !before.includes("--"))
    faults.push(`npx takes ${rest[0]} for itself: write \`npx --no -- agentos ${rest[0]}\``);
  return faults;
}

/** Everything before "--"; what follows is for the script. */
function readOptions(words: readonly string[]) {
  const end = words.indexOf("--");
  const own = end === -1 ? [...words] : words.slice(0, end);
  const options: string[] = [];
  const positional: string[] = [];
  let workspace: string | undefined;
  for (let word = own.shift(); word !== undefined; word = own.shift()) {
    const [name = "", value] = word.split("=");
    if (name === "-w" || name === "--workspace") workspace = value ?? own.shift();
    else if (word.startsWith("-")) options.push(word);
    else positional.push(word);
  }
  return { options, positional, workspace };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function findWorkspace(nameOrPath: string, root: string): Manifest | undefined {
  const files = globSync("{packages,examples,apps}/*/package.json", { cwd: root });
  const file = files.find((candidate) => {
    const folder = dirname(candidate);
    return folder.split(sep).join("/") === nameOrPath || readManifest(join(root, folder)).name === nameOrPath;
  });
  return file === undefined ? undefined : readManifest(join(root, dirname(file)));
}

/** Our own packages by their names; others are not ours to know. */
function judgePackage(name: string, root: string): readonly string[] {
  const [, ours] = /^(@agentos\/[\w-]+)/.exec(name) ?? [];
  return ours === undefined || findWorkspace(ours, root) !== undefined
    ? []
    : [`npm: there is no package ${ours}`];
}
