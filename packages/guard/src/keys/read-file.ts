/**
 * The one reader of files: keys, secrets, key sets, configurations, for the server and for the command line alike. Bounded
 * in bytes, whatever the file grows to meanwhile, and text to the letter: nothing is replaced, so that two different files
 * are never the same secret.
 */
import { closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { decodeKeyText, decodeText, fail, type NoText, ok, type Result } from "@agentos/auth";

/** Why a file cannot be used. */
export type FileProblem =
  | { readonly kind: "missing" | "denied" | "folder" | "no-file" }
  | { readonly kind: "too-large"; readonly limit: number }
  /** `found` names what the bytes are instead of text. */
  | { readonly kind: "no-text"; readonly found: NoText }
  /** Code of the system's error. */
  | { readonly kind: "failed"; readonly code: string };

/** How much of a file is read, and as what. */
export interface ReadFileOptions {
  /** Most bytes of the file. */
  readonly limit: number;
  /** What is expected: a key may also be in DER. */
  readonly as: "text" | "key";
  /** A pipe is read to its end, as `<(command)` of a shell is one; a server would wait for a writer. Default false. */
  readonly allowsPipe?: boolean;
}

/** What was in the file. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** A byte order mark and the last line end included. */
  readonly text: string;
}

/** Reads a file; never rejects. */
export async function readFileText(
  path: string,
  options: ReadFileOptions,
): Promise<Result<FileContent, FileProblem>> {
  try {
    const other = findOther(await stat(path), options);
    if (other !== undefined) return fail(other);
    const handle = await open(path, flagsFor(options));
    try {
      const buffer = new Uint8Array(options.limit + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return decodeContent(buffer.slice(0, length), options);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    return fail(describeFileCause(cause));
  }
}

/** The same for a start that cannot wait; a server that serves never uses it. */
export function readFileTextSync(path: string, options: ReadFileOptions): Result<FileContent, FileProblem> {
  try {
    const other = findOther(statSync(path), options);
    if (other !== undefined) return fail(other);
    const handle = openSync(path, flagsFor(options));
    try {
      const buffer = new Uint8Array(options.limit + 1);
      let length = 0;
      while (length < buffer.length) {
        const bytesRead = readSync(handle, buffer, length, buffer.length - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return decodeContent(buffer.slice(0, length), options);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    return fail(describeFileCause(cause));
  }
}

function findOther(found: Stats, { allowsPipe = false }: ReadFileOptions): FileProblem | undefined {
  if (found.isDirectory()) return { kind: "folder" };
  return found.isFile() || (allowsPipe && found.isFIFO()) ? undefined : { kind: "no-file" };
}

/** Without O_NONBLOCK a pipe that replaced the file since the check would wait for a writer for ever. */
function flagsFor({ allowsPipe = false }: ReadFileOptions): number {
  return constants.O_RDONLY | (allowsPipe ? 0 : constants.O_NONBLOCK);
}

function decodeContent(bytes: Uint8Array, { limit, as }: ReadFileOptions): Result<FileContent, FileProblem> {
  if (bytes.length > limit) return fail({ kind: "too-large", limit });
  const text = as === "key" ? decodeKeyText(bytes) : decodeText(bytes);
  return text.ok ? ok({ bytes, text: text.value }) : fail({ kind: "no-text", found: text.fault });
}

/** What the error of a file system means. */
export function describeFileCause(cause: unknown): FileProblem {
  const code =
    cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown";
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
  return code === "EACCES" || code === "EPERM" ? { kind: "denied" } : { kind: "failed", code };
}

/** Editors and `echo` end a file with a line end that is no part of a secret: exactly one is taken away. */
export function stripLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
