/** Where the `agentos dev` of a folder listens, so that other commands in that folder find it without an option. */
import { readFileSync, unlinkSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { isLoopbackHost } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { parseJson, readFileText } from "@agentos/guard/app";
import { isOwnedByUs, replaceFile } from "../files/write-file.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { devFilePath, devFolderPath } from "./dev-folder.ts";

export interface RunningDev {
  /** Of the AgentOS. */
  readonly url: string;
  /** Undefined where it runs without a control plane. */
  readonly controlPlaneUrl: string | undefined;
  readonly pid: number;
}

const MAX_BYTES = 4_096;
const ANSWER_MS = 5_000;

/** Writes it down. What it returns takes it away again, unless another start has taken its place. */
export async function announceDev(
  workingDirectory: string,
  running: Omit<RunningDev, "pid">,
): Promise<() => void> {
  const path = devFilePath(workingDirectory, "running");
  const { url, controlPlaneUrl = null } = running;
  const content = `${JSON.stringify({ url, control_plane_url: controlPlaneUrl, pid: process.pid })}\n`;
  await replaceFile({ path, content, mode: 0o600 });
  return () => {
    try {
      if (readFileSync(path, "utf8") === content) unlinkSync(path);
    } catch {
      // It is gone already.
    }
  };
}

/** The one that runs; undefined where none does. */
export async function findRunningDev(workingDirectory: string): Promise<RunningDev | undefined> {
  const path = devFilePath(workingDirectory, "running");
  try {
    // A folder that came with somebody's repository must not lead us anywhere.
    for (const place of [devFolderPath(workingDirectory), path])
      if ((await lstat(place)).isSymbolicLink() || !(await isOwnedByUs(place))) return undefined;
  } catch {
    return undefined;
  }
  const file = await readFileText(path, { limit: MAX_BYTES, as: "text" });
  if (!file.ok) return undefined;
  const parsed = parseJson(file.value.text);
  const facts = isRecord(parsed) ? parsed : {};
  const { url, control_plane_url: controlPlaneUrl, pid } = facts;
  if (!isOnThisMachine(url) || typeof pid !== "number" || !isAlive(pid)) return undefined;
  return { url, controlPlaneUrl: isOnThisMachine(controlPlaneUrl) ? controlPlaneUrl : undefined, pid };
}

/** Two in one folder would share keys and databases, and the second would take the sign-in link and the address of the first. */
export async function assertNoneRuns(workingDirectory: string): Promise<void> {
  const running = await findRunningDev(workingDirectory);
  // Its process may be gone, and its number another program's: then nobody answers.
  if (running === undefined || !(await isAnswering(running.url))) return;
  throw new CliFailure(
    `an \`agentos dev\` of this folder runs already, at ${showUntrusted(running.url)} (process ${running.pid})`,
    { fix: "stop it with Ctrl-C, or start this one in another folder" },
  );
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(new URL("/health", url), { redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS) }).then(
    () => true,
    () => false,
  );
}

function isOnThisMachine(value: unknown): value is string {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "http:" && isLoopbackHost(hostname);
}

/** After `kill -9` the file stays. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is none, or it is somebody else's.
    return false;
  }
}
