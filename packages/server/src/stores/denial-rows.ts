/** Denial records as rows. Columns are what is searched by; the record itself is JSON, and read as strictly as any input. */
import { REFUSALS, type RefusalCode, STAGES } from "@agentos/contract";
import type { DenialRecord } from "@agentos/guard";
import { hourOf, type KeptDenial } from "@agentos/guard/app";
import type { Insertable } from "kysely";
import { z } from "zod";
import { toKeyText } from "./schema/key-text.ts";
import type { DenialsTable } from "./schema/tables.ts";

const isRefusalCode = (value: unknown) => typeof value === "string" && Object.hasOwn(REFUSALS, value);

const textSchema = z.string().optional();

const recordSchema = z.object({
  id: z.string(),
  code: z.custom<RefusalCode>(isRefusalCode),
  time: z.number(),
  lastSeenAt: z.number(),
  count: z.number(),
  route: z.string(),
  client: textSchema,
  subject: textSchema,
  issuer: textSchema,
  owner: z.object({ issuer: z.string(), kind: z.string(), id: z.string() }).optional(),
  timeline: z.array(
    z.object({
      stage: z.enum(STAGES),
      outcome: z.enum(["passed", "failed", "not reached", "not configured"]),
    }),
  ),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  fix: z.string(),
});

/** The row of a record, as it is now. */
export function toDenialRow(
  { record, source, isKnownCaller }: KeptDenial,
  deployment: string,
): Insertable<DenialsTable> {
  const { id, code, route, client, subject, issuer, owner, count, lastSeenAt } = record;
  return {
    deployment,
    denial_id: toKeyText(id),
    is_known_caller: isKnownCaller ? 1 : 0,
    source: toKeyText(source),
    code,
    route: toKeyText(route),
    client: toNullableKey(client),
    subject: toNullableKey(subject),
    issuer: toNullableKey(issuer),
    owner_issuer: toNullableKey(owner?.issuer),
    owner_kind: toNullableKey(owner?.kind),
    owner_id: toNullableKey(owner?.id),
    count,
    last_at: lastSeenAt,
    last_hour: hourOf(lastSeenAt),
    record_json: JSON.stringify(record),
  };
}

function toNullableKey(text: string | undefined): string | null {
  return text === undefined ? null : toKeyText(text);
}

/** Undefined for what no version of this server writes, such as the code of a newer one. */
export function fromDenialJson(json: string): DenialRecord | undefined {
  const parsed = recordSchema.safeParse(JSON.parse(json));
  return parsed.success
    ? { ...parsed.data, client: parsed.data.client, subject: parsed.data.subject }
    : undefined;
}
