/** Changes of instances that are connected. */
import { randomUUID } from "node:crypto";
import { leaveEndpoint } from "../revocations/leave-endpoint.ts";
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { save } from "./draft-instance.ts";
import { dropWhatWasSeen, requireFreeEndpoint } from "./endpoint-change.ts";
import { findInstance, type InstanceRow } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import {
  type ChangedInstance,
  describeDifference,
  describeRow,
  isChange,
  toValues,
} from "./instance-values.ts";
import { requireOtherHost } from "./require-other-host.ts";

type Services = Pick<InstanceServices, "store" | "keyPairs" | "localInstances" | "publicUrl">;

/**
 * Another endpoint is another trust: it gets an issuer and a key pair of its own, and nothing that was seen before holds.
 * The one before is told that its keys are revoked, and takes no token of the new issuer. Nor is the id of an AgentOS taken
 * together with an endpoint: it is learnt there.
 */
export async function updateInstance(
  { store, keyPairs, localInstances, publicUrl }: Services,
  caller: InstanceCaller,
  instanceId: string,
  given: ChangedInstance,
): Promise<void> {
  const { organizationId, actor } = caller;
  const values = toValues(given);
  const current = await store.read((db) => findInstance(db, { ...caller, instanceId }));
  requireConnected(current);
  if (!isChange(current, values)) return;
  if (values.endpoint !== current.endpoint) requireOtherHost(values.endpoint, publicUrl);
  // Made before, since it takes long: a change waits for nothing but its own queries.
  const prepared = values.endpoint === undefined ? undefined : await keyPairs.prepareKeyPair(instanceId);
  await store.change(actor, async (change) => {
    await change.lockOrganization(organizationId);
    const row = await requireInstance(change, caller, instanceId);
    const isElsewhere = values.endpoint !== undefined && values.endpoint !== row.endpoint;
    const elsewhere = isElsewhere ? { os_id: null, issuer_id: randomUUID() } : {};
    const after = { ...row, ...values, ...elsewhere };
    let pending = 0;
    if (isElsewhere && after.endpoint !== null) {
      await requireFreeEndpoint(change.db, { organizationId, instanceId, endpoint: after.endpoint });
      await dropWhatWasSeen(change, instanceId);
      pending = await leaveEndpoint(change, row, "endpoint-changed");
      await keyPairs.dropKeysOf(change, instanceId);
    }
    await save(change, after);
    const kid =
      isElsewhere && prepared !== undefined && after.wants_authorization === 1
        ? await keyPairs.createKeyPairFor(change, prepared)
        : undefined;
    const { before, after: is } = describeDifference(row, after);
    await change.audit({
      organizationId,
      action: isElsewhere ? "instance.endpoint-changed" : "instance.changed",
      target: { kind: "instance", id: instanceId, name: after.name },
      before,
      after: {
        ...is,
        ...(kid === undefined ? {} : { signing_key: kid }),
        ...(pending === 0 ? {} : { pending_revocations: pending }),
      },
    });
  });
  await localInstances.apply(instanceId);
}

/**
 * Forgets it, its keys and everything about it, but what it has yet to be told. The audit log keeps that it was there, and
 * how many revocations are pending.
 */
export async function deleteInstance(
  { store }: Pick<Services, "store">,
  caller: InstanceCaller,
  instanceId: string,
): Promise<void> {
  await store.change(caller.actor, async (change) => {
    await change.lockInstance(instanceId);
    const row = await findInstance(change.db, { ...caller, instanceId });
    const pending = await leaveEndpoint(change, row, "instance-deleted");
    await change.db.deleteFrom("agentos_cp_instances").where("instance_id", "=", instanceId).execute();
    await change.audit({
      organizationId: caller.organizationId,
      action: "instance.deleted",
      target: { kind: "instance", id: instanceId, name: row.name },
      before: describeRow(row),
      ...(pending === 0 ? {} : { after: { pending_revocations: pending } }),
    });
  });
}

/** The instance, locked: nobody else changes its switches or keys until the change is over. */
export async function requireInstance(
  change: Change,
  { organizationId, personId }: InstanceCaller,
  instanceId: string,
): Promise<InstanceRow> {
  await change.lockInstance(instanceId);
  const row = await findInstance(change.db, { organizationId, instanceId, personId });
  requireConnected(row);
  return row;
}

/** Rejects with INSTANCE_IS_DRAFT. */
export function requireConnected(row: InstanceRow): void {
  if (row.is_draft === 1) throw reject("INSTANCE_IS_DRAFT");
}
