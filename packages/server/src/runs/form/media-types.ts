/** Which uploads are taken, and as what (contract 4.3). */
import type { MediaKind } from "../runnable.ts";

interface MediaType {
  readonly kind: MediaKind;
  readonly mimeType: string;
}

const image = (...names: string[]) =>
  names.map((name) => [name, { kind: "image", mimeType: `image/${name}` }] as const);

/** By file extension; the first spelling of a type is the one that we use. */
const BY_EXTENSION: ReadonlyMap<string, MediaType> = new Map<string, MediaType>([
  ...image("png", "jpeg", "gif", "webp", "bmp", "tiff", "avif", "heic", "heif"),
  ["jpg", { kind: "image", mimeType: "image/jpeg" }],
  ["wav", { kind: "audio", mimeType: "audio/wav" }],
  ["mp3", { kind: "audio", mimeType: "audio/mpeg" }],
  ["ogg", { kind: "audio", mimeType: "audio/ogg" }],
  ["m4a", { kind: "audio", mimeType: "audio/mp4" }],
  ["aac", { kind: "audio", mimeType: "audio/aac" }],
  ["flac", { kind: "audio", mimeType: "audio/flac" }],
  ["flv", { kind: "video", mimeType: "video/x-flv" }],
  ["mov", { kind: "video", mimeType: "video/quicktime" }],
  ["mpeg", { kind: "video", mimeType: "video/mpeg" }],
  ["mp4", { kind: "video", mimeType: "video/mp4" }],
  ["webm", { kind: "video", mimeType: "video/webm" }],
  ["wmv", { kind: "video", mimeType: "video/x-ms-wmv" }],
  ["3gp", { kind: "video", mimeType: "video/3gpp" }],
  ["pdf", { kind: "file", mimeType: "application/pdf" }],
  ["json", { kind: "file", mimeType: "application/json" }],
  ["js", { kind: "file", mimeType: "text/javascript" }],
  [
    "docx",
    { kind: "file", mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
  ],
  [
    "pptx",
    { kind: "file", mimeType: "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
  ],
  ["xlsx", { kind: "file", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }],
  ["doc", { kind: "file", mimeType: "application/msword" }],
  ["ppt", { kind: "file", mimeType: "application/vnd.ms-powerpoint" }],
  ["xls", { kind: "file", mimeType: "application/vnd.ms-excel" }],
  ["msg", { kind: "file", mimeType: "application/vnd.ms-outlook" }],
  ["py", { kind: "file", mimeType: "text/x-python" }],
  ["txt", { kind: "file", mimeType: "text/plain" }],
  ["html", { kind: "file", mimeType: "text/html" }],
  ["css", { kind: "file", mimeType: "text/css" }],
  ["md", { kind: "file", mimeType: "text/markdown" }],
  ["csv", { kind: "file", mimeType: "text/csv" }],
  ["xml", { kind: "file", mimeType: "text/xml" }],
  ["rtf", { kind: "file", mimeType: "application/rtf" }],
]);

const OTHER_SPELLINGS: ReadonlyMap<string, MediaKind> = new Map<string, MediaKind>([
  ["image/jpg", "image"],
  ["audio/x-wav", "audio"],
  ["audio/mp3", "audio"],
  ["audio/m4a", "audio"],
  ["audio/x-m4a", "audio"],
  ["video/flv", "video"],
  ["video/mov", "video"],
  ["video/mpg", "video"],
  ["video/wmv", "video"],
  ["video/3gp", "video"],
  ["application/javascript", "file"],
  ["application/x-javascript", "file"],
  ["application/x-python", "file"],
  ["application/x-python-code", "file"],
  ["text/md", "file"],
  ["text/rtf", "file"],
  ["application/xml", "file"],
]);

const KIND_BY_MIME_TYPE: ReadonlyMap<string, MediaKind> = new Map([
  ...OTHER_SPELLINGS,
  ...[...BY_EXTENSION.values()].map((type) => [type.mimeType, type.kind] as const),
]);

/** By content type; by extension when the type is missing or says nothing. Undefined: not supported. */
export function classifyUpload(upload: {
  readonly type: string;
  readonly name: string;
}): MediaType | undefined {
  const mimeType = upload.type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mimeType === "" || mimeType === "application/octet-stream") {
    return BY_EXTENSION.get(upload.name.slice(upload.name.lastIndexOf(".") + 1).toLowerCase());
  }
  const kind = KIND_BY_MIME_TYPE.get(mimeType);
  return kind === undefined ? undefined : { kind, mimeType };
}

/** The content type of a media entry that names only a format, such as `png`. */
export function mimeTypeOfFormat(kind: MediaKind, format: string | undefined): string {
  const known = format === undefined ? undefined : BY_EXTENSION.get(format.toLowerCase());
  if (known?.kind === kind) return known.mimeType;
  return kind === "file" ? "application/octet-stream" : `${kind}/*`;
}
