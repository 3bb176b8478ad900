/**
 * Media of a run form: uploads, base64 `content`, or an https `url` for the model provider. A path of the server is
 * refused by name (weak-spots E7), and nothing here opens a URL.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { mediaInputSchema } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { GenerateId } from "@agentos/guard/app";
import { type ValidationIssue, valueIssue } from "@agentos/guard/app";
import type { MediaKind, RunMedia } from "../runnable.ts";
import { classifyUpload, mimeTypeOfFormat } from "./media-types.ts";
import type { Upload } from "./run-body.ts";

const MIME_TYPE = /^[a-z0-9.+-]+\/[a-z0-9.+*-]+$/i;

/** One entry of `images`, `audio`, `videos` or `input_files`. */
export function parseMediaEntry(
  entry: unknown,
  options: {
    readonly kind: MediaKind;
    readonly loc: ValidationIssue["loc"];
    readonly generateId: GenerateId;
  },
): Result<RunMedia, ValidationIssue> {
  const { kind, loc, generateId } = options;
  const failAt = (key: string, problem: string) => fail(valueIssue([...loc, key], problem));
  if (typeof entry === "object" && entry !== null && "filepath" in entry && entry.filepath !== null) {
    return failAt(
      "filepath",
      'a path of the server cannot be used; upload the file, or send "content" or an https "url"',
    );
  }
  const parsed = mediaInputSchema.safeParse(entry);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.map(String) ?? [];
    return fail(valueIssue([...loc, ...path], "this is not a media entry"));
  }
  const { id, content, url, mime_type, format, filename } = parsed.data;
  for (const [key, text] of Object.entries({ id, filename, url })) {
    if (text?.isWellFormed() === false) return failAt(key, "this has half of a surrogate pair in it");
  }
  // A name may be mended; an address or a type without its token would be another one.
  const withToken = Object.entries({ id, url, mime_type, format }).find(([, text]) => holdsToken(text));
  if (withToken !== undefined)
    return failAt(withToken[0], "this has a token in it, which the model provider would see");
  const mimeType = mime_type ?? mimeTypeOfFormat(kind, format ?? undefined);
  if (!MIME_TYPE.test(mimeType)) return failAt("mime_type", "this is not a content type");
  const base = {
    kind,
    id: id ?? generateId(),
    mimeType,
    filename: typeof filename === "string" ? redactTokens(filename) : undefined,
  };
  if (typeof content === "string") {
    const bytes = decodeBase64(content);
    return bytes === undefined
      ? failAt("content", "this is not base64")
      : ok({ ...base, source: { type: "bytes" as const, bytes } });
  }
  if (typeof url !== "string") return failAt("content", '"content" or "url" is needed');
  const problem = problemOfUrl(url);
  return problem === undefined
    ? ok({ ...base, source: { type: "url" as const, url } })
    : failAt("url", problem);
}

/** One part of `files`. Undefined value: an empty file input of a browser; undefined: not a supported type. */
export async function readUpload(
  upload: Upload,
  generateId: GenerateId,
): Promise<{ readonly media: RunMedia | undefined } | undefined> {
  if (upload.name === "" && upload.size === 0) return { media: undefined };
  const type = classifyUpload(upload);
  if (type === undefined) return undefined;
  const bytes = new Uint8Array(await upload.arrayBuffer());
  return {
    media: {
      ...type,
      id: generateId(),
      filename: redactTokens(upload.name),
      source: { type: "bytes", bytes },
    },
  };
}

function holdsToken(text: string | null = ""): boolean {
  return text !== null && redactTokens(text) !== text;
}

/** The provider opens the URL, from its own network; ours must not be named to it either. */
function problemOfUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return "this is not a URL";
  const url = new URL(text);
  if (url.protocol !== "https:") return "only https URLs are handed to a model provider";
  if (url.username !== "" || url.password !== "") return "a URL with credentials cannot be used";
  const host = url.hostname.replace(/\.$/, "");
  const isName =
    host.includes(".") &&
    !/^[\d.]+$/.test(host) &&
    !/\.(?:local|localhost|internal|lan|home\.arpa)$/.test(host);
  return isName ? undefined : "only public host names can be used";
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    // `atob` refuses what is not base64, which Buffer does not; Buffer then copies at once, not a call for each byte.
    return new Uint8Array(Buffer.from(atob(text), "latin1"));
  } catch {
    return undefined;
  }
}
