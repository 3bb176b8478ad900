/** Takes down what a browser sees of an instance. */

import { deriveObservation, type Probe } from "./derive-observation.ts";
import { findInstance, type InstanceRow } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { storeObservation } from "./observations.ts";

/** Stores it for who reports it; what was seen at another endpoint than that of now is of no instance. */
export async function observeInstance(
  { store }: Pick<InstanceServices, "store">,
  caller: InstanceCaller,
  instanceId: string,
  probe: Probe,
): Promise<void> {
  const { organizationId, personId } = caller;
  const observed = deriveObservation(probe);
  const row = await store.note(async (db, now) => {
    const found = await findInstance(db, { organizationId, instanceId, personId });
    if (found.endpoint !== probe.endpoint) return undefined;
    await storeObservation(db, now, { instanceId, personId, observed });
    return found;
  });
  if (row === undefined) return;
  const { osId } = observed;
  if (row.os_id !== null || osId === null || !mayName(caller, row)) return;
  try {
    await learnId(store, caller, row, osId);
  } catch (cause) {
    if (!(cause instanceof NothingLearntError)) throw cause;
  }
}

/** The id becomes the audience of tokens: only who has made the instance, or may change it, gives it one. */
function mayName({ personId, scopes }: InstanceCaller, row: InstanceRow): boolean {
  return row.created_by === personId || scopes.includes("os:write");
}

/** Ends the change without a trace: somebody else was faster, or the instance has moved meanwhile. */
class NothingLearntError extends Error {
  override readonly name = "NothingLearntError";
}

async function learnId(
  store: InstanceServices["store"],
  { actor }: InstanceCaller,
  { instance_id: instanceId, organization_id: organizationId, name, endpoint }: InstanceRow,
  osId: string,
): Promise<void> {
  await store.change(actor, async (change) => {
    const learnt = await change.db
      .updateTable("agentos_cp_instances")
      .set(({ eb }) => ({
        os_id: osId,
        updated_at: eb
          .case()
          .when("updated_at", "<", change.now)
          .then(change.now)
          .else(eb("updated_at", "+", 1))
          .end(),
      }))
      .where("instance_id", "=", instanceId)
      .where("os_id", "is", null)
      .where("endpoint", "=", endpoint)
      .executeTakeFirst();
    if (learnt.numUpdatedRows === 0n) throw new NothingLearntError();
    await change.audit({
      organizationId,
      action: "instance.id-learnt",
      target: { kind: "instance", id: instanceId, name },
      before: { os_id: null },
      after: { os_id: osId },
    });
  });
}
