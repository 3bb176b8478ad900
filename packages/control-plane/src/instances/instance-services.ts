/** What the instances need of the rest of the control plane. */
import type { KeyPairs } from "../keys/key-pairs.ts";
import type { CallInstance } from "../outbound/call-instance.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import type { InstanceRow } from "./find-instance.ts";
import type { LocalInstances } from "./local-instances.ts";

export interface InstanceServices {
  readonly store: ControlPlaneStore;
  readonly keyPairs: Pick<KeyPairs, "prepareKeyPair" | "createKeyPairFor" | "dropKeysOf">;
  readonly callInstance: CallInstance;
  /** A token of the control plane itself for the policy route, of one minute. */
  readonly mintForPolicy: (instance: InstanceRow) => Promise<string>;
  readonly localInstances: LocalInstances;
  /** Origin of the pages of the console: instances have to allow it. */
  readonly consoleOrigin: string;
  /** Issuer of the tokens for an instance; discovery and key set are below it. */
  readonly issuerOf: (instanceId: string) => string;
  readonly generateId: () => string;
}

/** The most of them in one organization. */
export const MAX_INSTANCES = 200;
/** The most drafts of one person in one organization. */
export const MAX_DRAFTS = 20;
