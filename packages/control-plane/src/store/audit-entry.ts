/** An entry of the audit log. */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Actor } from "./actor.ts";

/** What is kept of a change besides who made it. Values are small, and none is a secret. */
export interface AuditEntry {
  /** Null where it is about no organization. */
  readonly organizationId: string | null;
  /** `subject.what-happened`, such as `member.role-changed`. */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string; readonly name?: string | undefined };
  /** Left out where there was nothing. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  /** Left out where there is nothing any more. */
  readonly after?: Readonly<Record<string, unknown>> | undefined;
}

const MAX_JSON_CHARACTERS = 8_000;

/** Writes it, in the transaction of what it tells; gives its number. */
export async function writeAudit(
  db: Transaction<Tables>,
  { actor, at }: { readonly actor: Actor; readonly at: number },
  { organizationId, action, target, before, after }: AuditEntry,
): Promise<number> {
  const { audit_no } = await db
    .insertInto("agentos_cp_audit")
    .values({
      organization_id: organizationId,
      at,
      action,
      actor_kind: actor.kind,
      actor_person_id: actor.personId ?? null,
      actor_name: actor.name ?? null,
      actor_session_id: actor.sessionId ?? null,
      actor_address: actor.address ?? null,
      target_kind: target.kind,
      target_id: target.id,
      target_name: target.name ?? null,
      before_json: toAuditJson(before),
      after_json: toAuditJson(after),
    })
    .returning("audit_no")
    .executeTakeFirstOrThrow();
  return audit_no;
}

/** Null for nothing. */
export function toAuditJson(value: Readonly<Record<string, unknown>> | undefined): string | null {
  if (value === undefined) return null;
  const json = JSON.stringify(value);
  if (json.length > MAX_JSON_CHARACTERS) throw new Error("INVARIANT: what the audit log keeps is small");
  return json;
}
