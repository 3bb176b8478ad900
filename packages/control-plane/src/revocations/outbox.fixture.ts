/** An organization with instances, for which tokens live; and instances that answer as a test wants. */
import type { PolicyObject } from "@agentos/contract";
import { createTestLogger } from "@agentos/testkit";
import type { CallInstance, InstanceAnswer, InstanceCall } from "../outbound/call-instance.ts";
import { SYSTEM } from "../store/actor.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import {
  queueKeyRevocation,
  queueRevocations,
  type RevokedKey,
  type RevokedSignIns,
} from "./queue-revocations.ts";
import {
  createRevocationSender,
  type RevocationSender,
  type RevocationSenderOptions,
} from "./send-revocations.ts";

export const ORGANIZATION = "org-1";
export const issuerOf = (instanceId: string): string => `https://control.test/instances/${instanceId}`;
export const endpointOf = (instanceId: string): string => `https://${instanceId}.test`;

/** Adds the organization and an instance for each id. */
export async function addInstances(store: ControlPlaneStore, ids: readonly string[]): Promise<void> {
  await store.note(async (db, now) => {
    await db
      .insertInto("agentos_cp_organizations")
      .values({ organization_id: ORGANIZATION, name: "Acme", created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const id of ids)
      await db
        .insertInto("agentos_cp_instances")
        .values({
          instance_id: id,
          issuer_id: id,
          organization_id: ORGANIZATION,
          name: `Instance ${id}`,
          endpoint: endpointOf(id),
          environment: "local",
          tags_json: "[]",
          is_draft: 0,
          os_id: "agent-os",
          wants_authorization: 1,
          wants_security_key: 0,
          stated_version: null,
          created_by: null,
          created_at: now,
          updated_at: now,
        })
        .execute();
  });
}

/** Adds a key at each of these stations. */
export async function addKeys(
  store: ControlPlaneStore,
  instanceId: string,
  kids: Readonly<Record<string, string>>,
): Promise<void> {
  await store.note(async (db, now) => {
    for (const [station, kid] of Object.entries(kids))
      await db
        .insertInto("agentos_cp_keys")
        .values({
          kid,
          instance_id: instanceId,
          station,
          public_jwk_json: "{}",
          sealed_private: `sealed ${kid}`,
          seal_key_id: "seal",
          created_at: now,
          signing_since: null,
          retired_at: null,
          last_token_ends_at: null,
        })
        .execute();
  });
}

export interface LivingTokens {
  readonly instanceId: string;
  readonly sid: string;
  readonly kid?: string;
  readonly personId?: string;
  readonly sessionId?: string;
  /** How long the last of them lives. */
  readonly livesSeconds?: number;
}

/** Notes tokens as minted. */
export async function addTokens(store: ControlPlaneStore, ...tokens: readonly LivingTokens[]): Promise<void> {
  await store.note(async (db, now) => {
    for (const { instanceId, sid, kid, personId, sessionId, livesSeconds = 300 } of tokens)
      await db
        .insertInto("agentos_cp_issued")
        .values({
          instance_id: instanceId,
          sid,
          kid: kid ?? "kid-1",
          person_id: personId ?? "ann",
          session_id: sessionId ?? "session-1",
          last_ends_at: now + livesSeconds,
        })
        .execute();
  });
}

/** Queues a revocation as a change does. */
export async function revoke(store: ControlPlaneStore, tokens: RevokedSignIns | RevokedKey): Promise<number> {
  return store.change(SYSTEM, async (change) => {
    const queued =
      "kid" in tokens
        ? (await queueKeyRevocation(change, tokens, "key-retired"), 1)
        : await queueRevocations(change, tokens, "session-ended");
    await change.audit({
      organizationId: ORGANIZATION,
      action: "test.revoked",
      target: { kind: "test", id: "1" },
    });
    return queued;
  });
}

/** An answer of `GET /authz/policy` as an AgentOS of ours gives it. */
export function policyAnswer(issuers: readonly { name: string; issuer: string | null }[]): InstanceAnswer {
  const body: PolicyObject = {
    os_id: "agent-os",
    mode: "jwt",
    has_security_key: false,
    security_key_request_count: 0,
    keys: [],
    key_state: "ok",
    algorithms: ["RS256"],
    counted_since: 0,
    issuers: issuers.map((issuer) => ({
      ...issuer,
      keys_from: ["discovery"],
      audience: ["agent-os"],
      algorithms: null,
      allowed_scopes: null,
      subject_prefix: null,
      requires_expiration: true,
      max_lifetime_seconds: 86_400,
    })),
    enforces_scopes: true,
    isolates_users: true,
    admin_scope: "agent_os:admin",
    unsafe: [],
    credential_locations: [],
    allowed_origins: [],
    public_routes: [],
    limits: {},
    findings: [],
    agno_version: "2.9.0",
    server_version: "0.1.0",
  };
  return { kind: "answered", status: 200, body };
}

/** The answer to a revocation; `behind` servers have not said that they know it. */
export function revokedAnswer({ body }: InstanceCall, behind = 0): InstanceAnswer {
  const { kind, value } = body as { kind: string; value: string };
  return {
    kind: "answered",
    status: behind === 0 ? 200 : 202,
    body: {
      revocation: {
        id: 1,
        kind,
        value,
        issuer: null,
        issued_before: null,
        until: 1,
        created_at: 1,
        created_by: null,
      },
      servers_behind: Array.from({ length: behind }, (_, index) => ({ id: `s${index}`, host: "h" })),
    },
  };
}

export const answered = (status: number, body: unknown = {}): InstanceAnswer => ({
  kind: "answered",
  status,
  body,
});

/** What an instance answers to each call; left out: as an AgentOS in which everything is in force at once. */
export type Behaviour = (
  call: InstanceCall,
) => InstanceAnswer | Promise<InstanceAnswer | undefined> | undefined;

export interface TestSender {
  readonly sender: RevocationSender;
  /** The revocations that instances were sent, in their order. */
  readonly sent: readonly InstanceCall[];
  readonly logger: ReturnType<typeof createTestLogger>;
}

/** A sender whose instances behave so. */
export function createTestSender(
  store: ControlPlaneStore,
  clock: { readonly now: number },
  behaviour: Behaviour = () => undefined,
  options: Partial<RevocationSenderOptions> = {},
): TestSender {
  const sent: InstanceCall[] = [];
  const logger = createTestLogger();
  const callInstance: CallInstance = async (call) => {
    if (call.method === "POST") sent.push(call);
    const answer = await behaviour(call);
    if (answer !== undefined) return answer;
    if (call.path === "/authz/policy") return policyAnswer([{ name: "default", issuer: null }]);
    return revokedAnswer(call);
  };
  const sender = createRevocationSender({
    store,
    callInstance,
    mintForMachine: async ({ instanceId, scope }) => `${instanceId} ${scope}`,
    issuerOf,
    now: () => clock.now,
    random: () => 1,
    logger,
    ...options,
  });
  return { sender, sent, logger };
}
