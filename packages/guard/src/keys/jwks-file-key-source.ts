/**
 * Keys from a JWKS file: judged at start, read again when the file changes. The last good keys survive a bad or
 * vanished file for an hour at most; a valid set replaces them at once, so a removed key is gone at once too.
 *
 * The path is looked up anew at each poll, which follows atomic renames and the symlink swaps of Kubernetes.
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import {
  createLastGoodKeys,
  type KeySet,
  type KeySource,
  type KeySourceStatus,
  MAX_JWKS_CHARACTERS,
  parseJwks,
} from "@agentos/auth";
import { createFault, type Fault, type FaultCode, type FaultParts } from "@agentos/contract";
import { type FileProblem, readFileText } from "./read-file.ts";

export interface JwksFileOptions {
  readonly path: string;
  /** For people, never the path: `JWT_JWKS_FILE`. */
  readonly source: string;
  readonly algorithm?: string | undefined;
  /** What is wrong with keys that were read, beside the keys of other places; errors count as those of the set. */
  readonly findFaults?: ((keys: KeySet["keys"]) => Promise<readonly Fault[]>) | undefined;
  readonly allowWeakSecrets?: boolean | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Milliseconds between two looks at the file; 0 leaves polling to the caller. Default 1000. */
  readonly pollIntervalMs?: number | undefined;
  /** Least seconds between two looks that unknown key ids cause. Default 1. */
  readonly refreshCooldownSeconds?: number | undefined;
  /** How long the last good keys outlive a bad file, in seconds. Default and most: 3600. */
  readonly maxStaleSeconds?: number | undefined;
}

export interface JwksFileKeySource extends KeySource {
  refresh(kid: string): Promise<boolean>;
  subscribe(listener: () => void): () => void;
  status(): KeySourceStatus;
  /** Looks at the file now; resolves when it has been read and judged. Never rejects. */
  poll(): Promise<void>;
  /** Ends polling. */
  close(): void;
}

export interface JwksFileResult {
  /** Absent when the file cannot be used; the faults then hold an error. */
  readonly keySource: JwksFileKeySource | undefined;
  readonly faults: readonly Fault[];
}

/**
 * File times move in steps of milliseconds: a second write within one step leaves no trace in them. So after each
 * change the content is compared a few more times.
 */
const READS_AFTER_CHANGE = 2;

/** Reads the file for the first time and starts polling it. */
export async function createJwksFileKeySource(options: JwksFileOptions): Promise<JwksFileResult> {
  const first = await readJwksFile(options);
  if (!first.isGood || first.keys.length === 0) return { keySource: undefined, faults: first.faults };
  return { keySource: watchJwksFile(options, first), faults: first.faults };
}

interface FileState {
  /** The file says which keys there are, and be it none: emptying it is how keys are withdrawn in an emergency. */
  readonly isGood: boolean;
  readonly keys: KeySet["keys"];
  readonly faults: readonly Fault[];
  /** Changes whenever the file may have changed; undefined where there is none. */
  readonly identity: string | undefined;
  readonly digest: string | undefined;
}

function watchJwksFile(options: JwksFileOptions, first: FileState): JwksFileKeySource {
  const { source, now } = options;
  const cooldownSeconds = options.refreshCooldownSeconds ?? 1;
  const keys = createLastGoodKeys(first.keys, options);
  let last = first;
  let digest = first.digest;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let readsLeft = READS_AFTER_CHANGE;
  let polling: Promise<void> | undefined;
  let isClosed = false;

  function accept(read: FileState): void {
    keys.accept(read.keys, read.digest !== digest);
    digest = read.digest;
  }

  async function look(): Promise<void> {
    const identity = await identify(options.path);
    const isUnchanged = identity !== undefined && identity === last.identity;
    // A bad file is read at every look: what was wrong may have been the disk and not the content.
    if (isUnchanged && last.isGood && readsLeft === 0) {
      keys.accept(last.keys, false);
    } else {
      readsLeft = isUnchanged ? Math.max(0, readsLeft - 1) : READS_AFTER_CHANGE;
      const read = await readJwksFile(options);
      if (isClosed) return;
      last = read;
      if (read.isGood) accept(read);
      else keys.fail();
    }
  }

  async function poll(): Promise<void> {
    if (isClosed) return;
    // The timer asks nobody to wait: a rejection would end the process.
    polling ??= look()
      .catch(() => undefined)
      .finally(() => {
        polling = undefined;
      });
    await polling;
  }

  const intervalMs = options.pollIntervalMs ?? 1000;
  const timer = intervalMs > 0 ? setInterval(() => void poll(), intervalMs).unref() : undefined;

  return {
    current: () => keys.current(),
    poll,
    async refresh() {
      const before = keys.current();
      if (polling === undefined) {
        // A clock that was set back must not stop refreshes.
        const waited = Math.abs(now() - refreshedAt);
        if (waited < cooldownSeconds) return false;
        refreshedAt = now();
      }
      await poll();
      return keys.current() !== before;
    },
    subscribe: (listener) => keys.subscribe(listener),
    status() {
      keys.expire();
      const { state } = keys;
      if (state === "ok") return { state, faults: last.faults };
      const minutes = Math.ceil(keys.maxStaleSeconds / 60);
      const code = last.faults.find(({ severity }) => severity === "error")?.code ?? "KEY_JWKS_INVALID";
      const summary = createFault({
        code: state === "stale" ? "KEY_JWKS_FILE_STALE" : "KEY_JWKS_FILE_EXPIRED",
        at: source,
        facts: { code, minutes },
      });
      return { state, faults: [summary, ...last.faults] };
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      keys.close();
    },
  };
}

/** What tells one state of a file from the next; undefined when it cannot be looked at. */
async function identify(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(":");
  } catch {
    return undefined;
  }
}

async function readJwksFile(options: JwksFileOptions): Promise<FileState> {
  const { path, source } = options;
  const identity = await identify(path);
  const bad = <const Code extends FaultCode>(parts: FaultParts<Code>): FileState => ({
    isGood: false,
    keys: [],
    faults: [Object.freeze({ ...createFault(parts), at: source })],
    identity,
    digest: undefined,
  });
  const read = await readFileText(path, { limit: MAX_JWKS_CHARACTERS, as: "key" });
  if (!read.ok) return bad(describeProblem(read.fault));
  const { text, bytes } = read.value;
  try {
    const parsed = await parseJwks(text, options);
    const { keys } = parsed;
    const faults = [...parsed.faults, ...((await options.findFaults?.(keys)) ?? [])];
    const isEmpty = faults.some(({ code }) => code === "KEY_JWKS_EMPTY");
    const isGood = isEmpty || !faults.some(({ severity }) => severity === "error");
    return { isGood, keys, faults, identity, digest: createHash("sha256").update(bytes).digest("base64") };
  } catch {
    // Whatever a file holds, it must not end the process nor take the last good keys with it.
    return bad({ code: "KEY_JWKS_INVALID", facts: { reason: "reading it failed unexpectedly" } });
  }
}

/** A call that failed for another reason than a right that is missing; codes are those of the system. */
function describeFailure(code: string): { readonly reason: string; readonly suggestion: string } {
  if (code === "ELOOP")
    return { reason: "its links lead in a circle", suggestion: "let the link lead to the file itself" };
  if (code === "EIO" || code === "ESTALE")
    return {
      reason: `the file system reports an error, ${code}`,
      suggestion: "repair the disk or the mount that the file is on, or put the file elsewhere",
    };
  return { reason: code, suggestion: `look up ${code}, which the system gives as the reason, and remove it` };
}

function describeProblem(problem: FileProblem): FaultParts<FaultCode> {
  switch (problem.kind) {
    case "missing":
      return { code: "KEY_JWKS_FILE_MISSING" };
    case "folder":
      return { code: "KEY_JWKS_FILE_NOT_A_FILE", facts: { found: "a folder" } };
    case "no-file":
      return { code: "KEY_JWKS_FILE_NOT_A_FILE", facts: { found: "a device, pipe or socket" } };
    case "too-large": {
      const facts = { actual: `more than ${problem.limit} bytes`, limit: `${problem.limit} bytes` };
      return { code: "KEY_JWKS_TOO_LARGE", facts };
    }
    case "no-text":
      return { code: "KEY_JWKS_INVALID", facts: { reason: `it is ${problem.found}` } };
    case "denied":
      return { code: "KEY_JWKS_FILE_UNREADABLE", facts: { reason: "permission denied" } };
    default:
      return { code: "KEY_JWKS_FILE_UNREADABLE", facts: describeFailure(problem.code) };
  }
}
