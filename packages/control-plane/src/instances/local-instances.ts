/**
 * Hands switches to an AgentOS in this process. After each change it is given what is stored then, one at a time: two
 * changes at once cannot arrive in the wrong order.
 */
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import type { InstanceRow } from "./find-instance.ts";
import type { LocalInstance } from "./local-instance.ts";
import { parseEndpoint } from "./parse-endpoint.ts";

export interface LocalInstances {
  /** Hands over what is stored of the instance; nothing where it does not run here. Never rejects. */
  apply(instanceId: string): Promise<void>;
  /** True where it runs here, and did not take what was handed over last. */
  isNotApplied(instanceId: string): boolean;
}

export interface LocalInstancesOptions {
  readonly store: ControlPlaneStore;
  readonly locals: readonly LocalInstance[];
  /** Told why one did not take it: for the log of the operator, never for an answer. */
  readonly onFailure: (instanceId: string, cause: unknown) => void;
}

/** Creates it. */
export function createLocalInstances({ store, locals, onFailure }: LocalInstancesOptions): LocalInstances {
  const failed = new Set<string>();
  const byEndpoint = new Map(
    locals.map((local) => {
      const parsed = parseEndpoint(local.endpoint);
      return [parsed.ok ? parsed.value.endpoint : local.endpoint, local];
    }),
  );
  let turn: Promise<void> = Promise.resolve();

  async function handOver(instanceId: string): Promise<void> {
    const row = await store.read((db) =>
      db
        .selectFrom("agentos_cp_instances")
        .selectAll()
        .where("instance_id", "=", instanceId)
        .executeTakeFirst(),
    );
    if (row === undefined || row.endpoint === null || row.is_draft === 1) return;
    const local = byEndpoint.get(row.endpoint);
    if (local === undefined) return;
    const isObeyed =
      local.instanceId === undefined ? await isFirst(row) : local.instanceId === row.instance_id;
    if (!isObeyed) return;
    await local.apply({
      instanceId,
      issuerId: row.issuer_id,
      osId: row.os_id,
      authorization: row.wants_authorization === 1,
      securityKey: row.wants_security_key === 1,
    });
  }

  /** Another organization may name the same endpoint; the AgentOS obeys the one that did so first. */
  async function isFirst({ instance_id: id, endpoint }: InstanceRow): Promise<boolean> {
    const first = await store.read((db) =>
      db
        .selectFrom("agentos_cp_instances")
        .select("instance_id")
        .where("endpoint", "=", endpoint)
        .where("is_draft", "=", 0)
        .orderBy("created_at")
        .orderBy("instance_id")
        .executeTakeFirst(),
    );
    return first?.instance_id === id;
  }

  async function inTurn(before: Promise<void>, instanceId: string): Promise<void> {
    await before;
    try {
      await handOver(instanceId);
      failed.delete(instanceId);
    } catch (cause) {
      failed.add(instanceId);
      onFailure(instanceId, cause);
    }
  }

  return {
    isNotApplied: (instanceId) => failed.has(instanceId),
    apply(instanceId) {
      if (byEndpoint.size === 0) return Promise.resolve();
      turn = inTurn(turn, instanceId);
      return turn;
    },
  };
}
