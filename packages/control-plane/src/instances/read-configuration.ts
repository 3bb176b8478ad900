/** The lines to copy for one instance. */
import { addressesOf, readPublicKeys } from "../keys/public-keys.ts";
import { type ConfigurationLines, writeConfiguration } from "./configuration-lines.ts";
import { findInstance } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { combine, NOTHING_SEEN, readSeen } from "./observations.ts";

/** Reads what they are made of. Rejects with INSTANCE_UNKNOWN. */
export async function readConfiguration(
  { store, publicUrl }: Pick<InstanceServices, "store" | "publicUrl">,
  { organizationId, personId }: InstanceCaller,
  instanceId: string,
): Promise<ConfigurationLines> {
  const { row, seen, keys } = await store.read(async (db) => ({
    row: await findInstance(db, { organizationId, instanceId, personId }),
    seen: (await readSeen(db, [instanceId], personId)).get(instanceId) ?? NOTHING_SEEN,
    keys: await readPublicKeys(db, instanceId),
  }));
  return writeConfiguration({
    ...addressesOf(publicUrl, row.issuer_id),
    authorization: row.wants_authorization === 1,
    securityKey: row.wants_security_key === 1,
    keys,
    consoleOrigin: new URL(publicUrl).origin,
    isOurs: combine(seen)?.isOurs === true,
  });
}
