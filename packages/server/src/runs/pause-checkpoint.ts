/**
 * What is kept of a paused run so that any server can go on with it, besides its output: what the client sent and the
 * output only describes. It is read like anything that comes from outside: a row may be of another version.
 */
import { redactTokensDeep } from "@agentos/guard";
import { z } from "zod";
import type { RunMedia } from "./runnable.ts";

export interface PauseCheckpoint {
  readonly media: readonly RunMedia[];
  /** As the client sent them: those of a token are the token's, and whoever goes on brings their own. */
  readonly dependencies: Readonly<Record<string, unknown>>;
}

const mediaSchema = z.strictObject({
  kind: z.enum(["image", "audio", "video", "file"]),
  id: z.string(),
  mimeType: z.string(),
  filename: z.string().optional(),
  source: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("url"), url: z.url({ protocol: /^https$/ }) }),
    z.strictObject({ type: z.literal("bytes"), base64: z.base64() }),
  ]),
});

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  media: z.array(mediaSchema),
  dependencies: z.record(z.string(), z.unknown()),
});

/** Credentials among the dependencies are replaced: nothing keeps them. */
export function writeCheckpoint({ media, dependencies }: PauseCheckpoint): string {
  return JSON.stringify({
    version: 1,
    media: media.map(({ source, ...about }) => ({
      ...about,
      source:
        source.type === "url"
          ? source
          : { type: "bytes", base64: Buffer.from(source.bytes).toString("base64") },
    })),
    dependencies: redactTokensDeep(dependencies),
  });
}

/** Undefined where it cannot be read. Without one a run had neither. */
export function readCheckpoint(json: string | undefined): PauseCheckpoint | undefined {
  if (json === undefined) return { media: [], dependencies: {} };
  const parsed = checkpointSchema.safeParse(parse(json));
  if (!parsed.success) return undefined;
  const { media, dependencies } = parsed.data;
  return {
    media: media.map(({ source, filename, ...about }) => ({
      ...about,
      filename,
      source:
        source.type === "url"
          ? source
          : { type: "bytes", bytes: new Uint8Array(Buffer.from(source.base64, "base64")) },
    })),
    dependencies,
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
