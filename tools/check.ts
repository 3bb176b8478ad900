// `npm run check`: everything that can be judged without running the product. Independent steps run
// two at a time; each prints one line, and its whole output only when it fails. With --with-packages `npm run pack:check`
// is one of them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

interface Step {
  readonly name: string;
  /** Argument lists of Node, run one after the other. */
  readonly commands: readonly (readonly string[])[];
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

const tsc = "node_modules/typescript/bin/tsc";
const source = "--conditions=@agentos/source";
const docsGenerator = "tools/generate-docs.ts";

/** What is portable is checked without Node's types, the console with a browser's, and all the rest as one. */
const typeProjects = [
  "packages/contract",
  "packages/auth",
  "packages/client",
  "apps/console",
  "tsconfig.node.json",
];

/** Long ones first, so that both at a time end together. */
const steps: readonly Step[] = [
  ...(process.argv.includes("--with-packages")
    ? [{ name: "packages", commands: [["tools/pack-check.ts"]] }]
    : []),
  { name: "types", commands: typeProjects.map((project) => [tsc, "-p", project, "--pretty", "false"]) },
  { name: "lint", commands: [["node_modules/oxlint/bin/oxlint", "-f", "unix"]] },
  {
    name: "dead exports",
    commands: [["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"]],
  },
  {
    name: "format",
    commands: [["node_modules/@biomejs/biome/bin/biome", "check", "--max-diagnostics=10", "--colors=off"]],
  },
  { name: "boundaries and cycles", commands: [["tools/check-boundaries.ts"]] },
  { name: "house rules", commands: [["tools/check-house-rules.ts"]] },
  {
    name: "generated docs",
    commands: existsSync(docsGenerator) ? [[source, docsGenerator, "--check"]] : [],
  },
  { name: "code in docs", commands: [[source, "tools/check-docs.ts"]] },
];

async function runStep(step: Step): Promise<boolean> {
  const startedAt = performance.now();
  let output = "";
  let isGood = true;
  for (const command of step.commands) {
    const outcome = await runNode(command);
    isGood &&= outcome.code === 0;
    output += outcome.output;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const note = step.commands.length === 0 ? " (nothing to check yet)" : "";
  console.log(`${isGood ? "ok  " : "FAIL"} ${step.name} ${seconds} s${note}`);
  if (!isGood) console.log(shorten(output));
  return isGood;
}

/** Enough to act on; the rest follows once the first findings are gone. */
function shorten(output: string): string {
  // Several type projects may see one file and say the same about it.
  const lines = [...new Set(output.trimEnd().split("\n"))];
  const shown = lines.slice(0, 60).map((line) => `     ${line}`);
  if (lines.length > shown.length) shown.push(`     … ${lines.length - shown.length} more lines`);
  return shown.join("\n");
}

function runNode(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const append = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", append);
    child.stderr.on("data", append);
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const waiting = [...steps];
const failed: string[] = [];
async function work(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    if (!(await runStep(step))) failed.push(step.name);
  }
}
await Promise.all([work(), work()]);
console.log(failed.length === 0 ? "check: all good" : `check: failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
