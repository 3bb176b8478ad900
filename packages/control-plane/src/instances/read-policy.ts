/** The control plane reads the policy of an instance of ours by itself, with a token of its own. */
import { reject } from "../store/rejected.ts";
import { requireConnected } from "./change-instance.ts";
import { derivePolicy } from "./derive-policy.ts";
import { findInstance } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { storeObservation } from "./observations.ts";

type Services = Pick<InstanceServices, "store" | "callInstance" | "mintForPolicy">;

/** Reads and stores it. Rejects with the reason for which there is none. */
export async function readPolicy(
  { store, callInstance, mintForPolicy }: Services,
  { organizationId, personId }: Pick<InstanceCaller, "organizationId" | "personId">,
  instanceId: string,
): Promise<void> {
  const query = { organizationId, instanceId, personId };
  const row = await store.read((db) => findInstance(db, query));
  requireConnected(row);
  const { endpoint } = row;
  if (endpoint === null) throw reject("INSTANCE_ENDPOINT_MISSING");
  if (row.wants_authorization === 0) throw reject("INSTANCE_AUTHORIZATION_OFF");
  const token = await mintForPolicy(row);
  const answer = await callInstance({ endpoint, method: "GET", path: "/authz/policy", token });
  if (answer.kind === "address-refused") throw reject("INSTANCE_ADDRESS_REFUSED");
  if (answer.kind === "unreachable") throw reject("INSTANCE_UNREACHABLE", { reason: answer.reason });
  const { status } = answer;
  if (status === 401 || status === 403) throw reject("INSTANCE_REFUSES_US", { status });
  if (status >= 500) throw reject("INSTANCE_UNREACHABLE", { reason: `it answered with status ${status}` });
  const observed = status === 200 ? derivePolicy(answer.body) : undefined;
  if (observed === undefined) throw reject("INSTANCE_NOT_OURS");
  await store.note(async (db, now) => {
    // It may have moved to another endpoint, or be gone, since it was asked.
    const current = await findInstance(db, query);
    if (current.endpoint === endpoint)
      await storeObservation(db, now, { instanceId, personId: undefined, observed });
  });
}
