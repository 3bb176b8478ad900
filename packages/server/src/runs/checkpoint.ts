/**
 * What a run needs to begin, as JSON text in its row: whoever takes it, on whatever server, runs what was asked, as the
 * caller who asked. Nothing of the credential is in it but what it said; it is forgotten when the run ends.
 */
import { compileGrants, type Identity } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { z } from "zod";
import type { RunPlan } from "./resolve-run.ts";
import type { RunMedia } from "./runnable.ts";
import type { RunLease } from "./store.ts";

const object = z.record(z.string(), z.unknown());
const text = z.string();
const optionalText = text.optional();

const ownerSchema = z.strictObject({
  issuer: text,
  kind: z.enum(["user", "service_account", "security_key", "anonymous", "claimed", "internal"]),
  id: text,
});

/** An identity as it was verified. Its grants follow from its scopes. */
const callerSchema = z.object({
  kind: z.enum(["user", "security_key", "anonymous"]),
  issuer: text,
  owner: ownerSchema,
  userId: optionalText,
  subject: optionalText,
  sessionId: optionalText,
  scopes: z.array(text),
  withheldScopes: z.array(text).optional(),
  claims: object,
  dependencies: object.optional(),
  sessionState: object.optional(),
  expiresAt: z.number().optional(),
  notBefore: z.number().optional(),
  keyLabel: optionalText,
  keyThumbprint: optionalText,
  token: z
    .strictObject({
      id: optionalText,
      signingInputHash: optionalText,
      signInId: optionalText,
      issuedAt: z.number().optional(),
    })
    .optional(),
});

/** Of media with their bytes. */
export const mediaSchema = z.strictObject({
  kind: z.enum(["image", "audio", "video", "file"]),
  id: text,
  mimeType: text,
  filename: optionalText,
  source: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("bytes"), base64: z.base64() }),
    z.strictObject({ type: z.literal("url"), url: text }),
  ]),
});

const VERSION = 1;

const checkpointSchema = z.strictObject({
  version: z.literal(VERSION),
  message: text,
  media: z.array(mediaSchema),
  sessionState: object,
  dependencies: object,
  formDependencies: object.optional(),
  metadata: object,
  caller: callerSchema,
});

const askedSchema = z.object({ version: z.literal(VERSION), caller: callerSchema });

export function writeCheckpoint({
  input,
  sessionState,
  dependencies,
  formDependencies,
  metadata,
  caller,
}: Pick<
  RunPlan,
  "input" | "sessionState" | "dependencies" | "formDependencies" | "metadata" | "caller"
>): string {
  const { grants: _, ...known } = caller;
  return JSON.stringify({
    version: VERSION,
    message: input.message,
    media: input.media.map(writeMedia),
    sessionState,
    dependencies,
    formDependencies: { ...formDependencies },
    metadata,
    caller: callerSchema.parse(known),
  } satisfies z.input<typeof checkpointSchema>);
}

/** `unknown`: another version's, which its servers can read. */
export function readCheckpoint(
  json: string,
  {
    lease: { key, runId },
    adminScope,
  }: { readonly lease: Pick<RunLease, "key" | "runId">; readonly adminScope: string },
): RunPlan | "unknown" | "damaged" {
  const value = parseJson(json);
  const parsed = checkpointSchema.safeParse(value);
  if (!parsed.success) return isOfOtherVersion(value) ? "unknown" : "damaged";
  const { message, media, caller, sessionState, dependencies, formDependencies = {}, metadata } = parsed.data;
  return {
    runId,
    key,
    // The run reaches what its owner has, whoever asked for it.
    scope: { kind: "user", owner: key.owner },
    caller: readCaller(caller, adminScope),
    input: { message, media: media.map(readMedia) },
    sessionState,
    dependencies,
    formDependencies,
    metadata,
    isNewSession: false,
  };
}

/** Who asked, and nothing of what: that may be long. Undefined where it cannot be read here. */
export function readCheckpointCaller(json: string, adminScope: string): Identity | undefined {
  const parsed = askedSchema.safeParse(parseJson(json));
  return parsed.success ? readCaller(parsed.data.caller, adminScope) : undefined;
}

function readCaller(caller: z.infer<typeof callerSchema>, adminScope: string): Identity {
  const { withheldScopes, token, ...rest } = caller;
  return Object.freeze({
    ...rest,
    userId: rest.userId,
    subject: rest.subject,
    sessionId: rest.sessionId,
    dependencies: rest.dependencies,
    sessionState: rest.sessionState,
    expiresAt: rest.expiresAt,
    notBefore: rest.notBefore,
    keyLabel: rest.keyLabel,
    ...(withheldScopes === undefined ? {} : { withheldScopes }),
    ...(token === undefined
      ? {}
      : {
          token: {
            id: token.id,
            signingInputHash: token.signingInputHash,
            signInId: token.signInId,
            issuedAt: token.issuedAt,
          },
        }),
    grants: compileGrants(rest.scopes, adminScope),
  });
}

export function writeMedia({ source, ...media }: RunMedia): z.input<typeof mediaSchema> {
  return {
    ...media,
    source:
      source.type === "bytes"
        ? { type: "bytes", base64: Buffer.from(source.bytes).toString("base64") }
        : source,
  };
}

export function readMedia({ source, ...media }: z.infer<typeof mediaSchema>): RunMedia {
  return {
    ...media,
    source:
      source.type === "bytes"
        ? { type: "bytes", bytes: Uint8Array.from(Buffer.from(source.base64, "base64")) }
        : source,
  };
}

function isOfOtherVersion(value: unknown): boolean {
  return isRecord(value) && typeof value["version"] === "number" && value["version"] !== VERSION;
}

/** Undefined for what is no JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
