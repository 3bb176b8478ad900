/**
 * The files of the built console, read once. A request names one of them or none: no path of a request ever reaches the
 * file system.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

export interface ConsoleFile {
  readonly contentType: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isHashed: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed; a small or packed file has none. */
  readonly brotli: Uint8Array<ArrayBuffer> | undefined;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

/** By path, `/assets/index-1a2b.js`. The document is `/index.html`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** What is of no other type is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
  md: "text/plain; charset=utf-8",
};

/** Undefined where no console was built. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  const names = await readNames(folder);
  if (!names.includes("/index.html")) return undefined;
  const read = async (name: string) =>
    names.includes(name) ? new Uint8Array(await readFile(join(folder, name))) : undefined;
  const files = new Map<string, ConsoleFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[name.split(".").at(-1) ?? ""];
    const bytes = await read(name);
    if (contentType === undefined || bytes === undefined) continue;
    files.set(name, {
      contentType,
      bytes,
      etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
      isHashed: name.startsWith("/assets/"),
      brotli: await read(`${name}.br`),
      gzip: await read(`${name}.gz`),
    });
  }
  return files;
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")}`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
