// `npm run mutate`: breaks each check of the auth engine, one at a time and in a copy, and sees whether a test goes red.
// Prints every mutation with its outcome; exits 1 on a survivor that mutate/allowed.ts does not explain.
//
//   --file PART     only source files whose path contains PART; may be repeated
//   --limit N       at most N mutations
//   --results FILE  keeps outcomes; the next run with it skips what was killed and tries survivors again
//   --list          prints the mutations, runs nothing
import { appendFileSync, existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readModules } from "./boundaries/modules.ts";
import { allowed } from "./mutate/allowed.ts";
import { applyMutation, listMutations, type Mutation } from "./mutate/mutations.ts";
import { createRunner, findTests, type Noticed, type Runner, TIMEOUT } from "./mutate/run-tests.ts";

const root = join(import.meta.dirname, "..");
const SOURCE = "packages/auth/src";
const PATTERNS = ["{token,decide,scope,request,identity,engine,revocation}/*.ts", "policy/deep-freeze.ts"];
/** Processes at work at the same time. */
const RUNNERS = 2;
/** For one test file. The longest takes a second, on a busy machine ten; a mutant that takes longer loops. */
const LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: {
    file: { type: "string", multiple: true, default: [""] },
    limit: { type: "string" },
    results: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

interface Task {
  readonly file: string;
  readonly text: string;
  readonly mutation: Mutation;
}

const tasks = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: join(root, SOURCE) }))
  .filter(
    (file) =>
      !/\.(test|suite|fixture|cases)\.ts$/.test(file) && values.file.some((part) => file.includes(part)),
  )
  .toSorted()
  .flatMap((file): Task[] => {
    const text = readFileSync(join(root, SOURCE, file), "utf8");
    return listMutations(file, text).map((mutation) => ({ file, text, mutation }));
  })
  .slice(0, values.limit === undefined ? undefined : Number(values.limit));

const known = readKilled(values.results);
const modules = readModules(root);
const tally = { killed: 0, timeout: 0, allowed: 0, survived: 0 };

if (values.list) for (const task of tasks) console.log(describe(task));
else await runAll();

async function runAll(): Promise<void> {
  const runners = Array.from({ length: RUNNERS }, createRunner);
  const waiting = [...tasks];
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      for (const runner of runners) runner.close();
      process.exit(1);
    });
  }
  try {
    await Promise.all(runners.map((runner) => work(runner, waiting)));
  } finally {
    for (const runner of runners) runner.close();
  }
  const { killed, timeout, allowed: explained, survived } = tally;
  console.log(
    `mutate: ${tasks.length} mutations: ${killed} killed, ${timeout} ended by the time limit, ` +
      `${explained} survived and explained, ${survived} survived`,
  );
  process.exitCode = survived === 0 ? 0 : 1;
}

async function work(runner: Runner, waiting: Task[]): Promise<void> {
  let unchanged = "";
  for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
    const isKnown = known.has(describe(task));
    if (!isKnown && unchanged !== task.file) {
      await checkBaseline(runner, task);
      unchanged = task.file;
    }
    const noticed = isKnown ? "an earlier run" : await judge(runner, task);
    const outcome = outcomeOf(task, noticed);
    tally[outcome] += 1;
    console.log(`${outcome.padEnd(8)} ${describe(task)}${noticed === undefined ? "" : `  [${noticed}]`}`);
    if (values.results !== undefined && !isKnown)
      appendFileSync(values.results, `${JSON.stringify([outcome, describe(task)])}\n`);
  }
}

/** Without it every mutation would count as noticed by a test that is red anyway. */
async function checkBaseline(runner: Runner, { file, text }: Task): Promise<void> {
  const path = `${SOURCE}/${file}`;
  const order = { path, text, original: text, tests: findTests(path, modules) };
  const failed = await runner.run(order, LIMIT_MS);
  if (failed !== undefined) throw new Error(`without any mutation of ${file} this fails: ${failed}`);
}

async function judge(runner: Runner, { file, text, mutation }: Task): Promise<Noticed> {
  const path = `${SOURCE}/${file}`;
  const order = {
    path,
    text: applyMutation(text, mutation),
    original: text,
    tests: findTests(path, modules),
  };
  return runner.run(order, LIMIT_MS);
}

function outcomeOf({ file, mutation }: Task, noticed: Noticed): keyof typeof tally {
  if (noticed !== undefined) return noticed === TIMEOUT ? "timeout" : "killed";
  return allowed.some((entry) => isSame(entry, file, mutation)) ? "allowed" : "survived";
}

function isSame(entry: (typeof allowed)[number], file: string, { code, from, to }: Mutation): boolean {
  return entry.file === file && entry.code === code && entry.from === from && entry.to === to;
}

function describe({ file, mutation: { line, from, to } }: Task): string {
  const short = (part: string) => part.replaceAll(/\s+/g, " ").slice(0, 100);
  return `${file}:${line}  ${short(from)}  =>  ${short(to)}`;
}

function readKilled(file: string | undefined): ReadonlySet<string> {
  if (file === undefined || !existsSync(file)) return new Set();
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as [outcome: string, description: string]);
  return new Set(rows.filter(([outcome]) => outcome === "killed").map(([, description]) => description));
}
