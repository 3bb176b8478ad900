/**
 * The form of `POST /agents/{id}/runs` (contract 4.3). Options are an explicit allow-list: a field that is not here is
 * ignored, so a client cannot reach an inner setting (weak-spots E2), and `run_id` is always the server's.
 */
import { z } from "zod";

/** How the text of a form field is read. */
export type RunFormFieldKind = "string" | "boolean" | "integer" | "json-object" | "media-list" | "file";

interface RunFormField {
  readonly kind: RunFormFieldKind;
  readonly isRequired?: true;
  readonly description: string;
}

/** Every field that is read; others are ignored. */
export const RUN_FORM_FIELDS = {
  message: { kind: "string", isRequired: true, description: "What the user says" },
  stream: { kind: "boolean", description: "Server-sent events (the default) or one JSON answer" },
  session_id: { kind: "string", description: "Conversation to continue; empty or absent starts a new one" },
  user_id: { kind: "string", description: "Used only when the credential names no user" },
  files: { kind: "file", description: "Uploads: images, sound, film, documents; may be repeated" },
  version: { kind: "integer", description: "Version of a stored agent" },
  background: {
    kind: "boolean",
    description:
      "The run goes on without its client: a stream has `event_index` and can be taken up again, without one the answer is 202",
  },
  stream_events: { kind: "boolean", description: "Accepted for compatibility; all events are streamed" },
  factory_input: { kind: "json-object", description: "Input of an agent factory" },
  session_state: { kind: "json-object", description: "State merged into the session's" },
  dependencies: { kind: "json-object", description: "Values for the tools of this run" },
  metadata: { kind: "json-object", description: "Kept with the run" },
  images: {
    kind: "media-list",
    description: "Base64 `content` or an https `url`, which goes to the model provider",
  },
  audio: { kind: "media-list", description: "As `images`" },
  videos: { kind: "media-list", description: "As `images`" },
  input_files: { kind: "media-list", description: "As `images`" },
} as const satisfies Record<string, RunFormField>;

/** The name of a field. */
export type RunFormFieldName = keyof typeof RUN_FORM_FIELDS;

/** One entry of a media list. `filepath` is known only so that it can be refused by name. */
export const mediaInputSchema = z
  .object({
    id: z.string().max(256).nullish(),
    /** Base64; it wins over `url`. */
    content: z.string().nullish(),
    /** https, for the model provider; this server never opens it. */
    url: z.string().max(4096).nullish(),
    filepath: z.null().optional(),
    /** Content type; without it `format` tells. */
    mime_type: z.string().max(256).nullish(),
    /** Ending such as `png`. */
    format: z.string().max(64).nullish(),
    filename: z.string().max(256).nullish(),
  })
  .meta({
    id: "MediaInput",
    description: "`content` is base64; `url` is https and is handed to the model provider",
  });

const text = (field: RunFormFieldName) =>
  z.string().meta({ description: RUN_FORM_FIELDS[field].description });
const flag = (field: RunFormFieldName) =>
  z.boolean().meta({ description: RUN_FORM_FIELDS[field].description });

/** For OpenAPI; the server reads the form itself, because wrong values answer in the contract's own words. */
export const runFormSchema = z
  .object({
    message: text("message").min(1),
    stream: flag("stream").default(true),
    session_id: text("session_id").optional(),
    user_id: text("user_id").optional(),
    files: z
      .array(z.string().meta({ contentMediaType: "application/octet-stream" }))
      .optional()
      .meta({ description: RUN_FORM_FIELDS.files.description }),
    version: text("version").optional(),
    background: flag("background").default(false),
    stream_events: flag("stream_events").optional(),
    factory_input: text("factory_input").optional(),
    session_state: text("session_state").optional(),
    dependencies: text("dependencies").optional(),
    metadata: text("metadata").optional(),
    images: text("images").optional(),
    audio: text("audio").optional(),
    videos: text("videos").optional(),
    input_files: text("input_files").optional(),
  })
  .meta({ id: "RunForm", description: "Multipart or urlencoded; options marked as JSON are JSON text" });

const record = (field: RunFormFieldName) =>
  z.record(z.string(), z.unknown()).meta({ description: RUN_FORM_FIELDS[field].description });
const mediaList = (field: RunFormFieldName) =>
  z.array(mediaInputSchema).meta({ description: RUN_FORM_FIELDS[field].description });

/** The same fields with JSON's own types, for OpenAPI too; uploads have no place in JSON, and null says nothing. */
export const runJsonSchema = z
  .object({
    message: text("message").min(1),
    stream: flag("stream").nullable().default(true),
    session_id: text("session_id").nullish(),
    user_id: text("user_id").nullish(),
    version: z
      .union([z.int(), z.string()])
      .nullish()
      .meta({ description: RUN_FORM_FIELDS.version.description }),
    background: flag("background").nullable().default(false),
    stream_events: flag("stream_events").nullish(),
    factory_input: record("factory_input").nullish(),
    session_state: record("session_state").nullish(),
    dependencies: record("dependencies").nullish(),
    metadata: record("metadata").nullish(),
    images: mediaList("images").nullish(),
    audio: mediaList("audio").nullish(),
    videos: mediaList("videos").nullish(),
    input_files: mediaList("input_files").nullish(),
  })
  .meta({
    id: "RunJson",
    description: "The fields of the form; files are sent as base64 in the media lists",
  });

/** One entry of a media list in the form. */
export type MediaInput = z.infer<typeof mediaInputSchema>;
