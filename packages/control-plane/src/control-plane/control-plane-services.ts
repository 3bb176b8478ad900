/** What lives as long as a control plane: its database, the keys of the installation, and what works on both. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "@agentos/guard";
import { pause, startUpkeep } from "@agentos/guard/app";
import { createLocalInstances } from "../instances/local-instances.ts";
import { createPolicyReader } from "../instances/share-policy-readings.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import { KEY_VARIABLE, openInstallation } from "../keys/open-installation.ts";
import { addressesOf } from "../keys/public-keys.ts";
import { createKeyRotation } from "../keys/rotate-keys.ts";
import { createCallInstance } from "../outbound/create-call-instance.ts";
import { queueKeyRevocation } from "../revocations/queue-revocations.ts";
import { createRevocationSender, type MintForMachine } from "../revocations/send-revocations.ts";
import { createSignIn } from "../sign-in/create-sign-in.ts";
import { type ControlPlaneStore, createStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { sweepAudit } from "../store/sweep-audit.ts";
import { type MachineInstance, mintForMachine } from "../tokens/mint-for-machine.ts";
import { forgetTokens } from "../tokens/record-token.ts";
import type { ResolvedControlPlane } from "./control-plane-options.ts";
import { openControlPlaneDatabase, type PlacedDatabase } from "./open-control-plane-database.ts";

export interface ServiceContext {
  readonly resolved: ResolvedControlPlane;
  readonly placed: PlacedDatabase;
  readonly logger: Logger;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export type ControlPlaneServices = Awaited<ReturnType<typeof openServices>>;

const SWEEP_MS = 10 * 60 * 1_000;
/** Each sweep that deletes something adds an entry: once a day is enough of them. */
const AUDIT_SWEEP_MS = 24 * 60 * 60 * 1_000;
/** Between two batches of a sweep. */
const BATCH_PAUSE_MS = 50;

/** Opens them. Rejects with a ConfigurationError that names the trouble; nothing is left open then. */
export async function openServices({ resolved, placed, logger, now }: ServiceContext) {
  const { cliCommand: cli, env, workingDirectory, url: publicUrl } = resolved;
  const database = await openControlPlaneDatabase(placed, { logger, cli });
  try {
    // What a change has queued is sent at once, and not only when the upkeep looks.
    const hints = { send: () => undefined as void };
    const store = createStore(database, now, { onChanged: () => hints.send() });
    const folder = join(workingDirectory, ".agentos");
    const installation = await openInstallation({ store, variable: env[KEY_VARIABLE], folder, cli });
    const keyPairs = createKeyPairs(installation.keys);
    const callInstance = createCallInstance({ allowedPrivateEndpoints: resolved.allowedPrivateEndpoints });
    const minting = { store, keyPairs, publicUrl, installationKeys: installation.keys };
    const sender = createRevocationSender({
      store,
      callInstance,
      mintForMachine: async ({ scope, ...told }) =>
        mintForMachine({ ...minting, now }, { instance: await findToldInstance(store, told), scope }),
      issuerOf: (issuerId) => addressesOf(publicUrl, issuerId).issuer,
      now,
      random: Math.random,
      logger,
    });
    const localInstances = createLocalInstances({
      store,
      locals: resolved.localInstances,
      onFailure: (instanceId, error) =>
        logger.error(
          { instance_id: instanceId, error },
          "an AgentOS of this process did not take its switches",
        ),
    });
    const instances = {
      store,
      keyPairs,
      callInstance,
      mintForPolicy: (instance: MachineInstance) =>
        mintForMachine({ ...minting, now }, { instance, scope: "authz:read" }),
      localInstances,
      publicUrl,
      generateId: randomUUID,
    };
    const upkeep = startUpkeep(
      [
        {
          name: "the sweep of tokens that have ended",
          everyMs: SWEEP_MS,
          run: () => store.note(forgetTokens),
        },
        {
          name: "the sweep of audit entries past their time",
          everyMs: AUDIT_SWEEP_MS,
          run: (signal) =>
            sweepAudit({
              store,
              keptDays: resolved.auditDays,
              now,
              async pause() {
                await pause(BATCH_PAUSE_MS, signal);
                signal.throwIfAborted();
              },
            }),
        },
      ],
      logger,
    );
    hints.send = () => sender.hint();
    sender.start();
    return {
      now,
      store,
      minting,
      sender,
      localInstances,
      signIn: createSignIn({
        store,
        publicUrl: new URL(publicUrl),
        secret: installation.keys.signInSecrets[0],
        now,
      }),
      rotation: createKeyRotation({
        store,
        keyPairs,
        revokeKey: (change, key) => queueKeyRevocation(change, key, "key-retired"),
      }),
      instances: { ...instances, policyReader: createPolicyReader(instances, now) },
      async close() {
        await Promise.all([sender.close(), upkeep.close()]);
        await database.close();
      },
    };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** Whom a revocation is told: the instance as it is, or what is at the endpoint that it had before. */
async function findToldInstance(
  store: ControlPlaneStore,
  { instanceId, issuerId, lastKnown }: Omit<Parameters<MintForMachine>[0], "scope">,
): Promise<MachineInstance> {
  if (lastKnown !== undefined) {
    const { osId, key } = lastKnown;
    // Without a key that signed for it, nothing was ever minted for it.
    if (key === null) throw reject("INSTANCE_AUTHORIZATION_OFF");
    return {
      instance_id: instanceId,
      issuer_id: issuerId,
      os_id: osId,
      signingRow: {
        kid: key.kid,
        instance_id: instanceId,
        sealed_private: key.sealedPrivate,
        seal_key_id: key.sealKeyId,
      },
    };
  }
  const row = await store.read((db) =>
    db
      .selectFrom("agentos_cp_instances")
      .select(["instance_id", "issuer_id", "os_id"])
      .where("issuer_id", "=", issuerId)
      .executeTakeFirst(),
  );
  // Deleted between two looks: its rows know by now where it was.
  if (row === undefined) throw reject("INSTANCE_UNKNOWN");
  return row;
}
