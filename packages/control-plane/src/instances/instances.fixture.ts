/** A control plane's instances with real databases and keys; what an AgentOS would answer is said by the test. */
import { randomBytes, randomUUID } from "node:crypto";
import type { DialectName } from "@agentos/storage";
import { deriveInstallationKeys } from "../keys/installation-keys.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import type { InstanceAnswer, InstanceCall } from "../outbound/call-instance.ts";
import { Rejected } from "../store/rejected.ts";
import { openTestStore, type TestStore } from "../store/test-store.fixture.ts";
import { connectDraft, createDraft } from "./draft-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import type { NewInstance } from "./instance-values.ts";
import type { LocalConfiguration, LocalInstance } from "./local-instance.ts";
import { createLocalInstances } from "./local-instances.ts";

const ORGANIZATION = "org-1";
const OTHER_ORGANIZATION = "org-2";
export const LOCAL_ENDPOINT = "http://localhost:7777";

export interface TestInstances extends TestStore {
  readonly services: InstanceServices;
  /** Who calls: an Owner, a Member, and somebody of another organization. */
  readonly owner: InstanceCaller;
  readonly member: InstanceCaller;
  readonly stranger: InstanceCaller;
  /** Calls that were made to instances. */
  readonly calls: InstanceCall[];
  /** What the next of them answers. */
  answer: InstanceAnswer;
  /** What was handed over to the AgentOS at {@link LOCAL_ENDPOINT}. */
  readonly applied: LocalConfiguration[];
  /** What that does with it. */
  takeOver: LocalInstance["apply"];
  draft(caller: InstanceCaller, given?: Partial<NewInstance>): Promise<string>;
  connect(caller: InstanceCaller, given?: Partial<NewInstance>): Promise<string>;
  listKeys(instanceId: string): Promise<{ kid: string; station: string; sealed_private: string | null }[]>;
  /** Actions of the audit log, the oldest first. */
  listActions(): Promise<string[]>;
}

export async function openTestInstances(dialect: DialectName): Promise<TestInstances> {
  const opened = await openTestStore(dialect);
  const { store, clock } = opened;
  await store.note(async (db) => {
    for (const id of [ORGANIZATION, OTHER_ORGANIZATION])
      await db
        .insertInto("agentos_cp_organizations")
        .values({ organization_id: id, name: id, created_at: clock.now })
        .execute();
  });
  const calls: InstanceCall[] = [];
  const applied: LocalConfiguration[] = [];
  const local: LocalInstance = {
    endpoint: `${LOCAL_ENDPOINT}/`,
    apply: async (configuration) => {
      await test.takeOver(configuration);
      applied.push(configuration);
    },
  };
  const services: InstanceServices = {
    store,
    keyPairs: createKeyPairs(deriveInstallationKeys([randomBytes(32)])),
    callInstance: (call) => {
      calls.push(call);
      return Promise.resolve(test.answer);
    },
    mintForPolicy: ({ instance_id: id }) => Promise.resolve(`token-for-${id}`),
    localInstances: createLocalInstances({ store, locals: [local], onFailure: () => undefined }),
    publicUrl: "https://console.example",
    generateId: randomUUID,
  };
  const draft = (caller: InstanceCaller, given: Partial<NewInstance> = {}) =>
    createDraft(services, caller, {
      name: "Shop",
      endpoint: "https://shop.example",
      environment: "local",
      tags: [],
      ...given,
    });
  const test: TestInstances = {
    ...opened,
    services,
    owner: createCaller("ada", ORGANIZATION, ["os:write", "os:delete"]),
    member: createCaller("ben", ORGANIZATION, []),
    stranger: createCaller("eve", OTHER_ORGANIZATION, ["os:write", "os:delete"]),
    calls,
    answer: { kind: "unreachable", reason: "nothing was said" },
    applied,
    takeOver: () => Promise.resolve(),
    draft,
    async connect(caller, given) {
      const id = await draft(caller, given);
      await connectDraft(services, caller, id);
      return id;
    },
    listKeys: (instanceId) =>
      store.read((db) =>
        db
          .selectFrom("agentos_cp_keys")
          .select(["kid", "station", "sealed_private"])
          .where("instance_id", "=", instanceId)
          .orderBy("station")
          .execute(),
      ),
    listActions: () =>
      store.read(async (db) => {
        const rows = await db.selectFrom("agentos_cp_audit").select("action").orderBy("audit_no").execute();
        return rows.map(({ action }) => action);
      }),
  };
  return test;
}

function createCaller(personId: string, organizationId: string, scopes: readonly string[]): InstanceCaller {
  return {
    personId,
    organizationId,
    scopes: ["org:read", "os:read", "os:connect", ...scopes],
    actor: { kind: "person", personId, name: personId },
  };
}

/** The code that something was rejected with; "no rejection" where it was done. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no rejection",
    (cause: unknown) => {
      if (cause instanceof Rejected) return cause.code;
      throw cause;
    },
  );
}
