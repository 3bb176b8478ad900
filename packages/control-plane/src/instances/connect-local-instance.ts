/**
 * The AgentOS that a start brings with it, as with `agentos dev`: connected without a form to fill in, with authorization
 * on and a pair of keys. What people have changed of it since stays.
 */
import { randomUUID } from "node:crypto";
import type { KeyPairs } from "../keys/key-pairs.ts";
import { leaveEndpoint } from "../revocations/leave-endpoint.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { save } from "./draft-instance.ts";
import { dropWhatWasSeen } from "./endpoint-change.ts";
import type { InstanceRow } from "./find-instance.ts";
import { describeDifference, describeRow } from "./instance-values.ts";
import { parseEndpoint } from "./parse-endpoint.ts";

export interface BroughtInstance {
  /** The same at each start, so that it is found again at another port. */
  readonly instanceId: string;
  readonly organizationId: string;
  /** Who has connected it. */
  readonly personId: string;
  readonly name: string;
  readonly endpoint: string;
  /** Id of the AgentOS. */
  readonly osId: string;
}

interface Services {
  readonly store: ControlPlaneStore;
  readonly keyPairs: Pick<KeyPairs, "prepareKeyPair" | "createKeyPairFor" | "dropKeysOf">;
}

/**
 * Connects it, or finds it again by its own id. Whoever else has connected this endpoint before decides nothing about what
 * the machine starts: theirs becomes a draft.
 */
export async function connectLocalInstance(
  { store, keyPairs }: Services,
  brought: BroughtInstance,
): Promise<void> {
  const parsed = parseEndpoint(brought.endpoint);
  if (!parsed.ok) throw new Error(`INVARIANT: a server of ours listens at an endpoint: ${parsed.problem}`);
  const { endpoint } = parsed.value;
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_instances")
      .selectAll()
      .where((is) => is.or([is("endpoint", "=", endpoint), is("instance_id", "=", brought.instanceId)]))
      .where("is_draft", "=", 0)
      .execute(),
  );
  const own = rows.find((row) => row.instance_id === brought.instanceId);
  const others = rows.filter((row) => row !== own);
  if (own?.endpoint === endpoint && others.length === 0) return;
  const prepared = await keyPairs.prepareKeyPair(brought.instanceId);
  await store.change(COMMAND_LINE, async (change) => {
    for (const other of others) {
      await keyPairs.dropKeysOf(change, other.instance_id);
      await displace(change, other, brought.personId);
    }
    if (own !== undefined) {
      if (own.endpoint === endpoint) return;
      await change.lockInstance(own.instance_id);
      if (isSameHost(own.endpoint, endpoint)) return follow(change, own, endpoint);
      // Somebody has sent it elsewhere, and tokens with it: they are not good here.
      await leaveEndpoint(change, own, "endpoint-changed");
      await keyPairs.dropKeysOf(change, own.instance_id);
      await follow(change, { ...own, issuer_id: randomUUID(), os_id: brought.osId }, endpoint);
      if (own.wants_authorization === 1) await keyPairs.createKeyPairFor(change, prepared);
      return;
    }
    const row = await insert(change, { ...brought, endpoint });
    const kid = await keyPairs.createKeyPairFor(change, prepared);
    await change.audit({
      organizationId: row.organization_id,
      action: "instance.connected",
      target: { kind: "instance", id: row.instance_id, name: row.name },
      after: { ...describeRow(row), signing_key: kid },
    });
  });
}

/** A draft of the owner of the machine, without keys, who may have another endpoint for it, or discards it. */
async function displace(change: Change, row: InstanceRow, personId: string): Promise<void> {
  await save(change, {
    ...row,
    is_draft: 1,
    issuer_id: randomUUID(),
    os_id: null,
    wants_authorization: 0,
    created_by: personId,
  });
  await change.audit({
    organizationId: row.organization_id,
    action: "instance.displaced",
    target: { kind: "instance", id: row.instance_id, name: row.name },
    before: describeRow(row),
  });
}

/** Both are of this machine, by the name that a start gives it. */
function isSameHost(before: string | null, now: string): boolean {
  return before !== null && new URL(before).hostname === new URL(now).hostname;
}

/** At another port it is still the AgentOS of this machine's owner, so its keys stay. */
async function follow(change: Change, row: InstanceRow, endpoint: string): Promise<void> {
  const after = { ...row, endpoint };
  await dropWhatWasSeen(change, row.instance_id);
  await save(change, after);
  await change.audit({
    organizationId: row.organization_id,
    action: "instance.changed",
    target: { kind: "instance", id: row.instance_id, name: row.name },
    ...describeDifference(row, after),
  });
}

async function insert({ db, now }: Change, brought: BroughtInstance): Promise<InstanceRow> {
  const row: InstanceRow = {
    instance_id: brought.instanceId,
    organization_id: brought.organizationId,
    name: brought.name,
    endpoint: brought.endpoint,
    environment: "local",
    tags_json: "[]",
    is_draft: 0,
    os_id: brought.osId,
    issuer_id: brought.instanceId,
    wants_authorization: 1,
    wants_security_key: 0,
    stated_version: null,
    created_by: brought.personId,
    created_at: now,
    updated_at: now,
  };
  await db.insertInto("agentos_cp_instances").values(row).execute();
  return row;
}
