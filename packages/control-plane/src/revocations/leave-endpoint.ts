/**
 * An instance is deleted here, or is at another endpoint from now on. What was at the one before runs on, and trusts the
 * keys that it has loaded: it is told that they are revoked, and whatever it was to be told before. For that its address
 * and the key that signed for it are kept with those rows until they are in force or over, and nowhere else.
 */
import { z } from "zod";
import type { InstancesTable } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";
import { queueKeyRevocation } from "./queue-revocations.ts";

const lastKnownSchema = z.object({
  endpoint: z.string(),
  osId: z.string().nullable(),
  /** Of the key that signed for it. The private half is sealed, for this instance and key alone. */
  key: z.object({ kid: z.string(), sealedPrivate: z.string(), sealKeyId: z.string() }).nullable(),
});

/** What has to be known of an instance that is not at its endpoint any more, to tell it something. */
export type LastKnown = z.infer<typeof lastKnownSchema>;

/** As `leaveEndpoint` has written it. */
export function parseLastKnown(json: string): LastKnown {
  return lastKnownSchema.parse(JSON.parse(json));
}

/**
 * Before the keys of the instance are dropped; the caller holds it. Gives how many revocations the one that is left has
 * yet to be told.
 */
export async function leaveEndpoint(
  change: Change,
  instance: Pick<InstancesTable, "instance_id" | "issuer_id" | "endpoint" | "os_id">,
  reason: "endpoint-changed" | "instance-deleted",
): Promise<number> {
  const { db, now } = change;
  const { instance_id: instanceId, endpoint } = instance;
  if (endpoint === null) return 0;
  const keys = await db
    .selectFrom("agentos_cp_keys")
    .select(["kid", "station", "sealed_private", "seal_key_id"])
    .where("instance_id", "=", instanceId)
    .where("station", "!=", "retired")
    .execute();
  const signing = keys.find(({ station }) => station === "signing");
  // The one that signs comes last: once it is revoked, nothing more can be said.
  for (const { kid } of [
    ...keys.filter((key) => key !== signing),
    ...(signing === undefined ? [] : [signing]),
  ])
    await queueKeyRevocation(change, { instanceId, kid }, reason);
  const lastKnown: LastKnown = {
    endpoint,
    osId: instance.os_id,
    key:
      signing === undefined || signing.sealed_private === null
        ? null
        : { kid: signing.kid, sealedPrivate: signing.sealed_private, sealKeyId: signing.seal_key_id },
  };
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_revocations")
    .set({ last_known_json: JSON.stringify(lastKnown) })
    .where("issuer_id", "=", instance.issuer_id)
    .where("applied_at", "is", null)
    .where("until", ">", now)
    .executeTakeFirst();
  // Of those that are told by their key: what comes to the next endpoint is new.
  await db.deleteFrom("agentos_cp_issued").where("instance_id", "=", instanceId).execute();
  return Number(numUpdatedRows);
}
