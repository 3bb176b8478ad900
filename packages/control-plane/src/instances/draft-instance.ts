/** Drafts: an instance that somebody is about to connect. Nobody else sees it, and no token is made for it. */
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { isTokenMode } from "./compare-switches.ts";
import { dropWhatWasSeen, requireFreeEndpoint } from "./endpoint-change.ts";
import { findInstance, type InstanceRow } from "./find-instance.ts";
import {
  type InstanceCaller,
  type InstanceServices,
  MAX_DRAFTS,
  MAX_INSTANCES,
  MAX_OWN_INSTANCES,
} from "./instance-services.ts";
import {
  type ChangedInstance,
  describeDifference,
  describeRow,
  type NewInstance,
  toValues,
} from "./instance-values.ts";
import { readSeen } from "./observations.ts";
import { requireOtherHost } from "./require-other-host.ts";

type Services = Pick<InstanceServices, "store" | "generateId" | "publicUrl">;

/** Gives its id. */
export async function createDraft(
  { store, generateId, publicUrl }: Services,
  caller: InstanceCaller,
  given: NewInstance,
): Promise<string> {
  const { organizationId, personId, actor } = caller;
  const values = toValues(given);
  requireOtherHost(values.endpoint, publicUrl);
  return store.change(actor, async (change) => {
    await change.lockOrganization(organizationId);
    const drafts = await count(change, caller, { is_draft: 1, created_by: personId });
    if (drafts >= MAX_DRAFTS) throw reject("INSTANCE_TOO_MANY", { limit: MAX_DRAFTS, kind: "drafts" });
    const id = generateId();
    const row: InstanceRow = {
      instance_id: id,
      issuer_id: id,
      organization_id: organizationId,
      name: given.name,
      endpoint: null,
      environment: given.environment,
      tags_json: "[]",
      is_draft: 1,
      os_id: null,
      wants_authorization: 0,
      wants_security_key: 0,
      stated_version: null,
      created_by: personId,
      created_at: change.now,
      updated_at: change.now,
      ...values,
    };
    await change.db.insertInto("agentos_cp_instances").values(row).execute();
    await change.audit({
      organizationId,
      action: "instance.drafted",
      target: { kind: "instance", id: row.instance_id, name: row.name },
      after: describeRow(row),
    });
    return row.instance_id;
  });
}

interface Counted {
  readonly is_draft: 0 | 1;
  readonly created_by?: string;
}

async function count(
  { db }: Change,
  { organizationId }: InstanceCaller,
  { is_draft: isDraft, created_by: by }: Counted,
): Promise<number> {
  const { total } = await db
    .selectFrom("agentos_cp_instances")
    .select(({ fn }) => fn.countAll().as("total"))
    .where("organization_id", "=", organizationId)
    .where("is_draft", "=", isDraft)
    .$if(by !== undefined, (query) => query.where("created_by", "=", by ?? ""))
    .executeTakeFirstOrThrow();
  return Number(total);
}

/**
 * Rejects where no room is left. Who connects one cannot delete it (os:delete is an Owner's), so what one person may take
 * of everybody's room is bounded, unless they may change what others have connected too.
 */
async function requireRoom(change: Change, caller: InstanceCaller): Promise<void> {
  if ((await count(change, caller, { is_draft: 0 })) >= MAX_INSTANCES)
    throw reject("INSTANCE_TOO_MANY", { limit: MAX_INSTANCES, kind: "instances" });
  if (caller.scopes.includes("os:write")) return;
  const own = await count(change, caller, { is_draft: 0, created_by: caller.personId });
  if (own >= MAX_OWN_INSTANCES) throw reject("INSTANCE_OWN_TOO_MANY", { limit: MAX_OWN_INSTANCES });
}

/** Changes one's own. */
export async function updateDraft(
  { store, publicUrl }: Omit<Services, "generateId">,
  caller: InstanceCaller,
  instanceId: string,
  given: ChangedInstance,
): Promise<void> {
  const values = toValues(given);
  requireOtherHost(values.endpoint, publicUrl);
  await store.change(caller.actor, async (change) => {
    const row = await requireDraft(change, caller, instanceId);
    const isElsewhere = values.endpoint !== undefined && values.endpoint !== row.endpoint;
    if (isElsewhere) await dropWhatWasSeen(change, instanceId);
    const after = { ...row, ...(isElsewhere ? { os_id: null } : {}), ...values };
    await save(change, after);
    await change.audit({
      organizationId: row.organization_id,
      action: "instance.draft-changed",
      target: { kind: "instance", id: instanceId, name: after.name },
      ...describeDifference(row, after),
    });
  });
}

/** Makes it an instance of the organization. */
export async function connectDraft(
  { store, keyPairs, publicUrl }: Pick<InstanceServices, "store" | "keyPairs" | "publicUrl">,
  caller: InstanceCaller,
  instanceId: string,
): Promise<void> {
  const { organizationId, personId, actor } = caller;
  const before = (await store.read((db) => readSeen(db, [instanceId], personId))).get(instanceId)?.browser;
  const prepared =
    before !== undefined && isTokenMode(before) ? await keyPairs.prepareKeyPair(instanceId) : undefined;
  await store.change(actor, async (change) => {
    await change.lockOrganization(organizationId);
    const row = await requireDraft(change, caller, instanceId);
    if (row.endpoint === null) throw reject("INSTANCE_ENDPOINT_MISSING");
    requireOtherHost(row.endpoint, publicUrl);
    await requireRoom(change, caller);
    await requireFreeEndpoint(change.db, { organizationId, instanceId, endpoint: row.endpoint });
    const seen = (await readSeen(change.db, [instanceId], personId)).get(instanceId)?.browser;
    const after: InstanceRow = {
      ...row,
      is_draft: 0,
      os_id: row.os_id ?? seen?.osId ?? null,
      // What guards it already is what is meant, until somebody who may says otherwise.
      wants_authorization: prepared === undefined ? 0 : 1,
      wants_security_key: seen?.mode === "security_key" ? 1 : 0,
    };
    await save(change, after);
    const kid = prepared === undefined ? undefined : await keyPairs.createKeyPairFor(change, prepared);
    await change.audit({
      organizationId,
      action: "instance.connected",
      target: { kind: "instance", id: instanceId, name: after.name },
      after: { ...describeRow(after), ...(kid === undefined ? {} : { signing_key: kid }) },
    });
  });
}

/** Gives up one's own. */
export async function discardDraft(
  { store }: Pick<Services, "store">,
  caller: InstanceCaller,
  instanceId: string,
): Promise<void> {
  await store.change(caller.actor, async (change) => {
    const row = await requireDraft(change, caller, instanceId);
    await change.db.deleteFrom("agentos_cp_instances").where("instance_id", "=", instanceId).execute();
    await change.audit({
      organizationId: row.organization_id,
      action: "instance.discarded",
      target: { kind: "instance", id: instanceId, name: row.name },
      before: describeRow(row),
    });
  });
}

async function requireDraft(
  change: Change,
  { organizationId, personId }: InstanceCaller,
  instanceId: string,
): Promise<InstanceRow> {
  await change.lockInstance(instanceId);
  const row = await findInstance(change.db, { organizationId, instanceId, personId });
  if (row.is_draft === 0) throw reject("INSTANCE_NOT_DRAFT");
  return row;
}

/** Writes every column of it, which is locked. Two changes of one second still have an order. */
export async function save({ db, now }: Pick<Change, "db" | "now">, row: InstanceRow): Promise<void> {
  const { instance_id: instanceId, ...values } = row;
  const updated = Math.max(now, row.updated_at + 1);
  await db
    .updateTable("agentos_cp_instances")
    .set({ ...values, updated_at: updated })
    .where("instance_id", "=", instanceId)
    .execute();
}
