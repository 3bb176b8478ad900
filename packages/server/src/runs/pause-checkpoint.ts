/**
 * What is kept of a paused run so that any server can go on with it, besides its output: what the client sent and the
 * output only describes. It is read like anything that comes from outside: a row may be of another version.
 */
import { redactTokensDeep } from "@agentos/guard";
import { z } from "zod";
import { mediaSchema, parseJson, readMedia, writeMedia } from "./checkpoint.ts";
import type { RunMedia } from "./runnable.ts";

export interface PauseCheckpoint {
  readonly media: readonly RunMedia[];
  /** As the client sent them: those of a token are the token's, and whoever goes on brings their own. */
  readonly dependencies: Readonly<Record<string, unknown>>;
}

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  media: z.array(mediaSchema),
  dependencies: z.record(z.string(), z.unknown()),
});

/** Credentials among the dependencies are replaced: nothing keeps them. */
export function writePauseCheckpoint({ media, dependencies }: PauseCheckpoint): string {
  return JSON.stringify({
    version: 1,
    media: media.map(writeMedia),
    dependencies: redactTokensDeep(dependencies),
  } satisfies z.input<typeof checkpointSchema>);
}

/** Undefined where it cannot be read. Without one a run had neither. */
export function readPauseCheckpoint(json: string | undefined): PauseCheckpoint | undefined {
  if (json === undefined) return { media: [], dependencies: {} };
  const parsed = checkpointSchema.safeParse(parseJson(json));
  if (!parsed.success) return undefined;
  const { media, dependencies } = parsed.data;
  return { media: media.map(readMedia), dependencies };
}
