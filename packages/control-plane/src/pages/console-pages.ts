/** Serves the console: its files, and its document at every address that is a page, so that links survive signing in. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type ConsoleFile, type ConsoleFiles, readConsoleFiles } from "./console-files.ts";
import { writeContentSecurityPolicy } from "./console-policy.ts";

export interface ConsolePagesOptions {
  /** Folder of the built files; see {@link CONSOLE_FOLDER}. */
  readonly folder: string;
  /**
   * Origins of the instances that whoever sends this request may see, their own drafts included; none for a stranger. Asked
   * for each document, never for a file.
   */
  readonly readConnectOrigins: (request: Request) => Promise<readonly string[]>;
}

export interface ConsolePages {
  /** Answers a request for a page or a file; undefined for what belongs to the API. */
  readonly answer: (request: Request) => Promise<Response> | undefined;
}

/** Where `npm run build` puts it: beside `src` and `dist`, so that both find it. */
export const CONSOLE_FOLDER = join(import.meta.dirname, "../../console");

/** Paths that programs read. Everything else is a page. */
const API = /^\/(?:api|errors|\.well-known)(?:\/|$)|^\/health$|^\/instances\/[^/]+\/\.well-known\//;
/** Looks like a file: for one that is not there, a page in its place would be a riddle. */
const FILE = /^\/assets\/|\.(?:css|gif|ico|jpg|js|json|map|mjs|php|png|svg|txt|webmanifest|webp|woff2?|xml)$/;
const YEAR = 31_536_000;

const SAFE_HEADERS = {
  "x-content-type-options": "nosniff",
  // A name in an answer of a model is looked up by nobody before somebody follows it.
  "x-dns-prefetch-control": "off",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** Reads the folder. Undefined where no console was built. */
export async function createConsolePages({
  folder,
  readConnectOrigins,
}: ConsolePagesOptions): Promise<ConsolePages | undefined> {
  let files = await readConsoleFiles(folder);
  if (files === undefined) return undefined;
  let builtAt = await readTime(folder);

  /** A console that is built anew is served from the next document on. */
  async function refresh(known: ConsoleFiles): Promise<ConsoleFiles> {
    const time = await readTime(folder);
    if (time === undefined || time === builtAt) return known;
    builtAt = time;
    files = (await readConsoleFiles(folder)) ?? known;
    return files;
  }

  return {
    answer(request) {
      if (request.method !== "GET" && request.method !== "HEAD") return undefined;
      const { pathname } = new URL(request.url);
      if (API.test(pathname)) return undefined;
      return files === undefined
        ? undefined
        : answerFrom({ files, refresh, readConnectOrigins }, pathname, request);
    },
  };
}

interface Served extends Pick<ConsolePagesOptions, "readConnectOrigins"> {
  readonly files: ConsoleFiles;
  readonly refresh: (known: ConsoleFiles) => Promise<ConsoleFiles>;
}

async function answerFrom(
  { files, refresh, readConnectOrigins }: Served,
  pathname: string,
  request: Request,
): Promise<Response> {
  const file = pathname === "/index.html" ? undefined : files.get(pathname);
  if (file !== undefined) return answerFile(file, request);
  if (FILE.test(pathname))
    return new Response("There is no such file.\n", { status: 404, headers: plainHeaders() });
  const document = (await refresh(files)).get("/index.html");
  if (document === undefined) throw new Error("INVARIANT: a built console has a document");
  return send(document, request, 200, {
    "cache-control": "no-store",
    "content-security-policy": writeContentSecurityPolicy(await readConnectOrigins(request)),
  });
}

/** When its document was written; undefined while it is being replaced. */
async function readTime(folder: string): Promise<number | undefined> {
  try {
    return (await stat(join(folder, "index.html"))).mtimeMs;
  } catch {
    return undefined;
  }
}

function answerFile(file: ConsoleFile, request: Request): Response {
  const headers = {
    "cache-control": file.isHashed ? `public, max-age=${YEAR}, immutable` : "no-cache",
    etag: file.etag,
  };
  if (
    request.headers
      .get("if-none-match")
      ?.split(/\s*,\s*/)
      .includes(file.etag) === true
  )
    return new Response(null, {
      status: 304,
      headers: { ...SAFE_HEADERS, ...headers, vary: "accept-encoding" },
    });
  return send(file, request, 200, headers);
}

function send(
  file: ConsoleFile,
  request: Request,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const { encoding, bytes } = chooseEncoding(file, request.headers.get("accept-encoding") ?? "");
  return new Response(request.method === "HEAD" ? null : bytes, {
    status,
    headers: {
      ...SAFE_HEADERS,
      ...headers,
      "content-type": file.contentType,
      "content-length": String(bytes.byteLength),
      vary: "accept-encoding",
      ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    },
  });
}

function chooseEncoding({ bytes, brotli, gzip }: ConsoleFile, accepted: string) {
  const accepts = (name: string) =>
    accepted.split(",").some((part) => {
      const [coding = "", ...parameters] = part.toLowerCase().split(";");
      return coding.trim() === name && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    });
  if (brotli !== undefined && accepts("br")) return { encoding: "br", bytes: brotli };
  if (gzip !== undefined && accepts("gzip")) return { encoding: "gzip", bytes: gzip };
  return { encoding: undefined, bytes };
}

function plainHeaders() {
  return { ...SAFE_HEADERS, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
}
