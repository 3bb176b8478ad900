// Runs tests against a mutated file, in a copy of `packages/auth`: the tree that people work in is never touched.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Module } from "../boundaries/modules.ts";
import type { Answer, Order } from "./worker.ts";

const root = join(import.meta.dirname, "../..");
const COPIED = [
  "packages/auth",
  "package.json",
  "tools/plain-summary-reporter.ts",
  "tools/postgres/global-setup.fixture.ts",
  "tsconfig.base.json",
  "vitest.config.ts",
];

/** The test that noticed, `timeout` when the mutant had to be ended, undefined when every test passed. */
export type Noticed = string | undefined;
export const TIMEOUT = "timeout";

export interface Runner {
  /** `limitMs` is for each test file. */
  run(order: Order, limitMs: number): Promise<Noticed>;
  close(): void;
}

/** A runner with a copy and a process of its own. */
export function createRunner(): Runner {
  const folder = mkdtempSync(join(tmpdir(), "agentos-mutate-"));
  for (const path of COPIED) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  let child: ChildProcess | undefined;

  async function start(): Promise<ChildProcess> {
    const started = fork(join(import.meta.dirname, "worker.ts"), { cwd: folder, stdio: "ignore" });
    await Promise.race([once(started, "message"), once(started, "exit").then(failToStart)]);
    return started;
  }

  return {
    async run(order, limitMs) {
      const running = (child ??= await start());
      const answer = new Promise<Noticed>((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          running.removeAllListeners();
          settle();
        };
        const timer = setTimeout(() => end(() => resolve(TIMEOUT)), limitMs);
        running.once("exit", () => end(() => reject(new Error("the test process was ended from outside"))));
        running.on("message", ({ isProgress, failed, error }: Answer) => {
          if (isProgress === true) timer.refresh();
          // Never taken for a test that noticed.
          else end(() => (error === undefined ? resolve(failed) : reject(new Error(error))));
        });
      });
      running.send(order);
      const noticed = await answer;
      if (noticed === TIMEOUT) {
        running.kill("SIGKILL");
        child = undefined;
        // The process was ended before it could put the file back.
        writeFileSync(join(folder, order.path), order.original);
      }
      return noticed;
    },
    close() {
      child?.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function failToStart(): never {
  throw new Error("the test process ended before it was ready");
}

/** The tests that import a file, directly or not: the likeliest to notice first, the long random ones last. */
export function findTests(path: string, modules: readonly Module[]): readonly string[] {
  const distance = (test: string) =>
    (test.includes(".random.") ? 4 : 0) +
    (dirname(test) === dirname(path) ? 0 : 2) +
    (basename(test).startsWith(basename(path, ".ts")) ? 0 : 1);
  return modules
    .filter((module) => /^packages\/auth\/.*\.test\.ts$/.test(module.path) && reaches(module, path, modules))
    .map((module) => module.path)
    .toSorted((a, b) => distance(a) - distance(b));
}

function reaches(from: Module, path: string, modules: readonly Module[]): boolean {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const seen = new Set<string>();
  const open = [from.path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === path) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const { target } of byPath.get(next)?.imports ?? []) if (target !== undefined) open.push(target);
  }
  return false;
}
