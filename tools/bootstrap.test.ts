// The bootstrap on a made-up clone without dependencies: `npm ci` really runs, and needs no network.
import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";

// Several real npm runs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A clone whose `npm start` runs `main` as the command line. */
function makeClone(main: string): string {
  const root = mkdtempSync(join(tmpdir(), "agentos-clone-"));
  folders.push(root);
  mkdirSync(join(root, "tools"));
  mkdirSync(join(root, "packages/cli/src"), { recursive: true });
  copyFileSync(join(import.meta.dirname, "bootstrap.mjs"), join(root, "tools/bootstrap.mjs"));
  // The console of this clone is built already.
  writeFileSync(join(root, "tools/build-console.ts"), "");
  writeFileSync(join(root, "packages/cli/src/main.ts"), main);
  const manifest = { name: "clone", version: "1.0.0", private: true };
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({
      ...manifest,
      type: "module",
      scripts: { start: "node tools/bootstrap.mjs start", build: "node tools/bootstrap.mjs build" },
    }),
  );
  writeLockfile(root, "1.0.0");
  return root;
}

function writeLockfile(folder: string, version: string): void {
  const packages = { "": { name: "clone", version } };
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "clone", version, lockfileVersion: 3, requires: true, packages }),
  );
}

/** One that lies in the clone itself. */
function addDevDependency(root: string, name: string): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  const devDependencies = { [name]: `file:${name}` };
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as object;
  writeFileSync(join(root, "package.json"), JSON.stringify({ ...manifest, devDependencies }));
  const packages = {
    "": { name: "clone", version: "1.0.0", devDependencies },
    [name]: { version: "1.0.0", dev: true },
    [`node_modules/${name}`]: { resolved: name, link: true },
  };
  const lockfile = { name: "clone", version: "1.0.0", lockfileVersion: 3, requires: true, packages };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(lockfile));
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(
  root: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  task = "start",
): ChildProcess {
  mkdirSync(join(root, "home"), { recursive: true });
  return spawn("npm", ["run", task, "--silent", ...args], {
    cwd: root,
    env: { ...process.env, HOME: join(root, "home"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function untilEnd(child: ChildProcess, onOutput: (output: string) => void = () => undefined): Promise<Ended> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        onOutput(output);
      });
    }
    child.on("close", (code) => resolve({ code, output }));
  });
}

test("the help of dev ends, although dev itself starts anew at each change", async () => {
  const root = makeClone('console.log("ran", process.argv.slice(2).join(" "));');
  const dev = spawn("node", ["tools/bootstrap.mjs", "dev", "--help"], { cwd: root });
  const { code, output } = await untilEnd(dev);
  expect(output).toContain("ran dev --help");
  expect(code).toBe(0);
});

test("installs once, says why, and installs again when the lockfile changes", async () => {
  const root = makeClone('console.log("ran", process.argv[2]);');
  const first = await untilEnd(start(root));
  expect(first).toMatchObject({ code: 0 });
  expect(first.output).toContain("nothing is installed yet");
  expect(first.output).toContain("ran dev");

  const second = await untilEnd(start(root));
  expect(second.output.trim()).toBe("ran dev");

  writeFileSync(
    join(root, "package-lock.json"),
    `${readFileSync(join(root, "package-lock.json"), "utf8")}\n`,
  );
  const third = await untilEnd(start(root));
  expect(third.output).toContain("package-lock.json changed");
});

test("installs for a start what runs, and for other tasks the rest, once", async () => {
  const root = makeClone('console.log("ran");');
  addDevDependency(root, "only-for-tests");
  writeFileSync(join(root, "tools/build.ts"), 'console.log("built");');
  const tool = join(root, "node_modules/only-for-tests");

  await untilEnd(start(root));
  expect(existsSync(tool)).toBe(false);
  expect((await untilEnd(start(root))).output.trim()).toBe("ran");

  const { output } = await untilEnd(start(root, [], {}, "build"));
  expect(output).toContain("what tests and checks need is not installed");
  expect(output).toContain("built");
  expect(existsSync(tool)).toBe(true);
  expect((await untilEnd(start(root))).output.trim()).toBe("ran");
});

test("installs again after an install that did not finish", async () => {
  const root = makeClone('console.log("ran");');
  mkdirSync(join(root, "node_modules"));
  const { output } = await untilEnd(start(root));
  expect(output).toContain("the last install did not finish");
  expect(output).toContain("ran");
});

test("two tasks at once install once", async () => {
  const root = makeClone('console.log("ran");');
  const both = await Promise.all([untilEnd(start(root)), untilEnd(start(root))]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.filter(({ output }) => output.includes("installing dependencies"))).toHaveLength(1);
});

test("ignores the lock of an install that was stopped in the middle", async () => {
  const root = makeClone('console.log("ran");');
  // No process has this number: it is above what Linux and macOS give out.
  writeFileSync(join(root, ".install.lock"), "99999999");
  const { code, output } = await untilEnd(start(root));
  expect(code).toBe(0);
  expect(output).toContain("ran");
});

test("passes arguments on and hands back the exit code, whatever npm settings surround it", async () => {
  const root = makeClone("console.log(process.argv.slice(2).join(' ')); process.exitCode = 7;");
  const env = { NODE_ENV: "production", npm_config_omit: "dev", npm_config_global: "", CI: "true" };
  const { code, output } = await untilEnd(start(root, ["--", "--port", "1234"], env));
  expect(output).toContain("dev --port 1234");
  expect(code).toBe(7);
});

test("forwards a request to stop and waits until the command is done", async () => {
  const root = makeClone(`
    process.on("SIGTERM", () => setTimeout(() => { console.log("stopped well"); process.exit(0); }, 50));
    console.log("ready");
    setInterval(() => undefined, 1000);
  `);
  const child = start(root);
  let isStopping = false;
  const { output } = await untilEnd(child, (soFar) => {
    if (isStopping || !soFar.includes("ready")) return;
    isStopping = true;
    child.kill("SIGTERM");
  });
  expect(output).toContain("stopped well");
});

test("installs PostgreSQL for what needs it and for nothing else, and names a platform without one", async () => {
  const root = makeClone('console.log("ran");');
  const folder = join(root, "tools", "postgres");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "clone", version: "1.0.0" }));
  writeLockfile(folder, "1.0.0");
  expect((await untilEnd(start(root))).output).toContain("ran");
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
  // It is tried again each time: nothing says that it is there.
  for (const attempt of [1, 2]) {
    const child = spawn("node", ["tools/bootstrap.mjs", "postgres"], { cwd: root });
    const { code, output } = await untilEnd(child);
    expect({ attempt, code }).toEqual({ attempt, code: 1 });
    expect(output).toContain("agentos: installing PostgreSQL for the tests");
    expect(output).toContain(`there is no PostgreSQL for ${process.platform}-${process.arch}`);
  }
});

test("installs a browser for what needs one and for nothing else", async () => {
  const root = makeClone('console.log("ran");');
  const folder = join(root, "tools", "browser");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "clone", version: "1.0.0" }));
  writeLockfile(folder, "1.0.0");
  expect((await untilEnd(start(root))).output).toContain("ran");
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
  const { code, output } = await untilEnd(spawn("node", ["tools/bootstrap.mjs", "browser"], { cwd: root }));
  expect(code).toBe(0);
  expect(output).toContain("agentos: installing a browser for the tests");
});

test("says where npm has taken the options for itself", async () => {
  const root = makeClone('console.log("started", process.argv.slice(2).join(" "));');
  for (const env of [{ npm_config_port: "7780" }, {}]) {
    // As npm hands on what stands behind no hyphens: in its own setting, or as a bare value.
    const { code, output } = await untilEnd(start(root, "npm_config_port" in env ? [] : ["--", "7780"], env));
    expect(code).toBe(1);
    const advised = /`npm start -- (--port \d+)`/.exec(output)?.[1] ?? "";
    const advice = await untilEnd(start(root, ["--", ...advised.split(" ")]));
    expect(advice.output).toContain(`started dev ${advised}`);
  }
});
