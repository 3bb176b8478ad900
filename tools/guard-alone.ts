// Part of `npm run pack:check`: whoever protects an Express or Fastify server installs the guard and nothing of agents.
// Installs the packed guard with what it needs into a folder of its own, starts the two examples there as they stand,
// and asks them with a token that the packed command has signed.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the guard may never bring along: models and the description of an agent server. */
const FORBIDDEN = ["ai", "@ai-sdk/provider", "zod-openapi", "@agentos/server"];
const FRAMEWORKS = ["express", "fastify"];
/** Audience of the examples. */
const AUDIENCE = "reports-api";
const STARTUP_MS = 30_000;

export interface GuardAloneOptions {
  /** The repository. */
  readonly root: string;
  /** An empty place for the installation, outside the repository. */
  readonly folder: string;
  /** Packed `contract`, `auth` and `guard`. */
  readonly tarballs: readonly string[];
  /** The packed command, installed elsewhere. */
  readonly command: string;
  /** Installs `packages` in a folder; ends the check when that fails. */
  readonly install: (folder: string, packages: readonly string[]) => void;
}

/** Returns what is wrong; nothing when all is well. */
export async function checkGuardAlone(options: GuardAloneOptions): Promise<readonly string[]> {
  const { root, folder, tarballs, command, install } = options;
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "protected", private: true, type: "module" }),
  );
  install(folder, [...tarballs, ...FRAMEWORKS.map((name) => `${name}@${pinnedVersion(root, name)}`)]);
  const present = FORBIDDEN.filter((name) => existsSync(join(folder, "node_modules", name)));
  const faults = present.map((name) => `the guard alone installs ${name}`);
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, [command, ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  run("keys", "generate", "--out", "key");
  const mint = (scopes: string) =>
    run("token", "mint", "--key", "key-private.pem", "--aud", AUDIENCE, "--sub", "alice", "--scopes", scopes);
  const tokens = { right: mint("reports:read"), wrong: mint("reports:write") };
  for (const name of FRAMEWORKS) {
    copyFileSync(join(root, `examples/${name}-guard/server.ts`), join(folder, `${name}.ts`));
    faults.push(...(await askExample(folder, name, tokens)));
  }
  return faults;
}

/** As the example pins it, so that both are tested with the same version. */
function pinnedVersion(root: string, name: string): string {
  const file = join(root, `examples/${name}-guard/package.json`);
  const { devDependencies } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const version = devDependencies[name];
  if (version === undefined) throw new Error(`${file} pins no ${name}`);
  return version;
}

async function askExample(
  folder: string,
  name: string,
  tokens: { readonly right: string; readonly wrong: string },
): Promise<readonly string[]> {
  const key = readFileSync(join(folder, "key-public.pem"), "utf8");
  const child = spawn(process.execPath, [`${name}.ts`], {
    cwd: folder,
    env: { ...process.env, PORT: "0", JWT_VERIFICATION_KEY: key },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const url = await untilServing(child);
    const rows = [
      [tokens.right, 200],
      [tokens.wrong, 403],
      [undefined, 401],
    ] as const;
    const faults: string[] = [];
    for (const [token, wanted] of rows) {
      const headers = new Headers(token === undefined ? [] : [["authorization", `Bearer ${token}`]]);
      const { status } = await fetch(`${url}/reports`, { headers });
      if (status !== wanted) faults.push(`${name}: GET /reports answers ${status}, not ${wanted}`);
    }
    return faults;
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : "did not start"}`];
  } finally {
    child.kill("SIGTERM");
  }
}

/** The address that the example prints; rejects with what it printed when it ends first, or says nothing in time. */
function untilServing(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`nothing served in time: ${output}`)), STARTUP_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /Serving (http:\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}: ${output}`));
    });
  });
}
