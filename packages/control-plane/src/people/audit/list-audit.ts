/** Who changed what in an organization, newest first. */
import type { AuditEntryObject, auditQuerySchema } from "@agentos/contract/control-plane";
import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { AuditTable, Tables } from "../../schema/tables.ts";

export interface AuditPage {
  readonly data: AuditEntryObject[];
  /** Where the next page begins; null on the last one. */
  readonly next: number | null;
}

export async function listAudit(
  db: Kysely<Tables>,
  organizationId: string,
  { limit, before, action, person_id: personId, target_id: targetId }: z.output<typeof auditQuerySchema>,
): Promise<AuditPage> {
  const rows = await db
    .selectFrom("agentos_cp_audit")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .$if(before !== undefined, (query) => query.where("audit_no", "<", before ?? 0))
    .$if(action !== undefined, (query) => query.where("action", "=", action ?? ""))
    .$if(personId !== undefined, (query) => query.where("actor_person_id", "=", personId ?? ""))
    .$if(targetId !== undefined, (query) => query.where("target_id", "=", targetId ?? ""))
    .orderBy("audit_no", "desc")
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  return {
    data: shown.map(toEntry),
    next: rows.length > limit ? (shown.at(-1)?.audit_no ?? null) : null,
  };
}

const actorKind = z.enum(["person", "command-line", "system"]);
const values = z.record(z.string(), z.unknown());

function toEntry(row: Selectable<AuditTable>): AuditEntryObject {
  return {
    number: row.audit_no,
    at: row.at,
    action: row.action,
    actor: {
      kind: actorKind.parse(row.actor_kind),
      person_id: row.actor_person_id,
      name: row.actor_name,
      session_id: row.actor_session_id,
      address: row.actor_address,
    },
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    before: readValues(row.before_json),
    after: readValues(row.after_json),
  };
}

function readValues(json: string | null): Record<string, unknown> | null {
  return json === null ? null : values.parse(JSON.parse(json));
}
