/** All media of a run: the four lists, and the uploads of a multipart form (contract 4.3). */

import { fail, ok, type Result } from "@agentos/auth";
import type { RUN_FORM_FIELDS, RunFormFieldName } from "@agentos/contract";
import { type GenerateId, inputFault, type RequestFault, valueIssue } from "@agentos/guard/app";
import type { MediaKind, RunMedia } from "../runnable.ts";
import type { FieldReader } from "./field-reader.ts";
import { parseList } from "./field-values.ts";
import { MAX_MEDIA_COUNT, MAX_MEDIA_JSON_MARKS } from "./form-limits.ts";
import { isModestJson } from "./json-text.ts";
import { parseMediaEntry, readUpload } from "./read-media.ts";
import type { FormValue } from "./run-body.ts";

type MediaField = {
  [N in RunFormFieldName]: (typeof RUN_FORM_FIELDS)[N]["kind"] extends "media-list" ? N : never;
}[RunFormFieldName];

const KINDS: Readonly<Record<MediaField, MediaKind>> = {
  images: "image",
  audio: "audio",
  videos: "video",
  input_files: "file",
};
const FIELDS = ["images", "audio", "videos", "input_files"] as const satisfies readonly MediaField[];

/** Reports entries that cannot be used to `fields`. */
export async function readMediaFields(
  fields: FieldReader,
  { files, generateId }: { readonly files: readonly FormValue[]; readonly generateId: GenerateId },
): Promise<Result<readonly RunMedia[], RequestFault>> {
  const media: RunMedia[] = [];
  for (const name of FIELDS) {
    const list = readList(fields, name);
    if (!list.ok) return list;
    for (const [index, entry] of list.value.entries()) {
      const item = parseMediaEntry(entry, { kind: KINDS[name], loc: ["body", name, index], generateId });
      if (item.ok) media.push(item.value);
      else fields.report(item.fault);
    }
  }
  for (const [index, upload] of files.entries()) {
    if (typeof upload === "string") {
      if (upload !== "") fields.report(valueIssue(["body", "files", index], "Expected UploadFile"));
      continue;
    }
    const read = await readUpload(upload, generateId);
    if (read === undefined) return fail(inputFault(400, "Unsupported file type"));
    if (read.media !== undefined) media.push(read.media);
  }
  return media.length > MAX_MEDIA_COUNT
    ? fail({ code: "INPUT_MEDIA_TOO_MANY", limit: MAX_MEDIA_COUNT })
    : ok(media);
}

function readList(fields: FieldReader, name: MediaField): Result<readonly unknown[], RequestFault> {
  const value = fields.given(name);
  // A list inside a JSON body was counted with that body.
  if (typeof value === "string" && !isModestJson(value, MAX_MEDIA_JSON_MARKS))
    return fail({ code: "INPUT_MEDIA_TOO_COMPLEX", limit: MAX_MEDIA_COUNT, field: name });
  return ok((fields.readOption(name, parseList) ?? []).slice(0, MAX_MEDIA_COUNT + 1));
}
