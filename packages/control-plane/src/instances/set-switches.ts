/** The two switches, as they are meant to be. What the instance makes of them is seen, not set. */
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import type { switchesInputSchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import { reject } from "../store/rejected.ts";
import { requireConnected, requireInstance } from "./change-instance.ts";
import { save } from "./draft-instance.ts";
import { findInstance } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { describeDifference, isChange } from "./instance-values.ts";
import { combine, NOTHING_SEEN, readSeen } from "./observations.ts";
import { findVersion, VERSION_SOURCE_WORDS } from "./version-gate.ts";

type Services = Pick<InstanceServices, "store" | "keyPairs" | "localInstances">;

/**
 * Sets those that are given. Rejects with INSTANCE_VERSION_TOO_OLD where authorization is switched on for an AgentOS that is known to
 * have none. Both may be on: people are in that situation, and a finding names the ways out of it.
 */
export async function setSwitches(
  { store, keyPairs, localInstances }: Services,
  caller: InstanceCaller,
  instanceId: string,
  switches: z.output<typeof switchesInputSchema>,
): Promise<void> {
  const { organizationId, personId, actor } = caller;
  const wanted = toColumns(switches);
  const { row: current, seen } = await store.read(async (db) => ({
    row: await findInstance(db, { organizationId, instanceId, personId }),
    seen: (await readSeen(db, [instanceId], personId)).get(instanceId) ?? NOTHING_SEEN,
  }));
  requireConnected(current);
  if (!isChange(current, wanted))
    // In this process it may not have taken them the last time.
    return localInstances.apply(instanceId);
  const { version, source, verifiesTokens } = findVersion(current.stated_version, combine(seen));
  if (switches.authorization === true && current.wants_authorization === 0 && verifiesTokens === "no")
    throw reject("INSTANCE_VERSION_TOO_OLD", {
      version: version ?? "",
      version_source: VERSION_SOURCE_WORDS[source],
      first_version: FIRST_VERSION_WITH_JWT,
    });
  const prepared = switches.authorization === true ? await keyPairs.prepareKeyPair(instanceId) : undefined;
  await store.change(actor, async (change) => {
    const row = await requireInstance(change, caller, instanceId);
    const after = { ...row, ...wanted };
    await save(change, after);
    const kid = prepared === undefined ? undefined : await keyPairs.createKeyPairFor(change, prepared);
    const difference = describeDifference(row, after);
    await change.audit({
      organizationId,
      action: "instance.switches-changed",
      target: { kind: "instance", id: instanceId, name: row.name },
      before: difference.before,
      after: { ...difference.after, ...(kid === undefined ? {} : { signing_key: kid }) },
    });
  });
  await localInstances.apply(instanceId);
}

function toColumns({ authorization, security_key: key }: z.output<typeof switchesInputSchema>) {
  return {
    ...(authorization === undefined ? {} : { wants_authorization: authorization ? 1 : 0 }),
    ...(key === undefined ? {} : { wants_security_key: key ? 1 : 0 }),
  };
}
