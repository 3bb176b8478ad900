/** The control plane reads the policy of an instance of ours by itself, with a token of its own. */
import { Rejected, reject } from "../store/rejected.ts";
import { requireConnected } from "./change-instance.ts";
import { derivePolicy } from "./derive-policy.ts";
import { findInstance, type InstanceRow } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { storeObservation } from "./observations.ts";

type Services = Pick<InstanceServices, "store" | "callInstance" | "mintForPolicy">;

/** For a person who sees the instance. Rejects with the reason for which there is none. */
export async function readPolicy(
  services: Services,
  { organizationId, personId }: InstanceCaller,
  instanceId: string,
): Promise<void> {
  const row = await services.store.read((db) => findInstance(db, { organizationId, instanceId, personId }));
  await readPolicyOf(services, row);
}

/** For the control plane itself, which goes on with what it knows where the instance gives no policy. */
export async function refreshPolicy(services: Services, instanceId: string): Promise<void> {
  const row = await services.store.read((db) => selectInstance(db, instanceId).executeTakeFirst());
  if (row === undefined) return;
  try {
    await readPolicyOf(services, row);
  } catch (cause) {
    if (!(cause instanceof Rejected)) throw cause;
  }
}

async function readPolicyOf(
  { store, callInstance, mintForPolicy }: Services,
  row: InstanceRow,
): Promise<void> {
  requireConnected(row);
  const { endpoint, instance_id: instanceId } = row;
  if (endpoint === null) throw reject("INSTANCE_ENDPOINT_MISSING");
  if (row.wants_authorization === 0) throw reject("INSTANCE_AUTHORIZATION_OFF");
  const token = await mintForPolicy(row);
  const answer = await callInstance({ endpoint, method: "GET", path: "/authz/policy", token });
  if (answer.kind === "address-refused") throw reject("INSTANCE_ADDRESS_REFUSED");
  if (answer.kind === "unreachable") throw reject("INSTANCE_UNREACHABLE", { reason: answer.reason });
  const { status } = answer;
  if (status === 401 || status === 403) throw reject("INSTANCE_REFUSES_US", { status });
  if (status === 429 || status >= 500)
    throw reject("INSTANCE_UNREACHABLE", { reason: `it answered with status ${status}` });
  const observed = status === 200 ? derivePolicy(answer.body) : undefined;
  if (observed === undefined) throw reject("INSTANCE_NOT_OURS");
  await store.note(async (db, now) => {
    // It may have moved to another endpoint, or be gone, since it was asked.
    const current = await selectInstance(db, instanceId).executeTakeFirst();
    if (current?.endpoint === endpoint)
      await storeObservation(db, now, { instanceId, personId: undefined, observed });
  });
}

function selectInstance(db: Parameters<typeof findInstance>[0], instanceId: string) {
  return db.selectFrom("agentos_cp_instances").selectAll().where("instance_id", "=", instanceId);
}
