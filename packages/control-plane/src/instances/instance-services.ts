/** What the instances need of the rest of the control plane. */
import type { KeyPairs } from "../keys/key-pairs.ts";
import type { CallInstance } from "../outbound/call-instance.ts";
import type { Actor } from "../store/actor.ts";
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
  /** Address of the control plane without a final slash: the console's pages and the issuers of tokens are below it. */
  readonly publicUrl: string;
  readonly generateId: () => string;
}

/** The most that are connected in one organization. */
export const MAX_INSTANCES = 200;
/** The most that one person has connected whose role does not also change them: nobody fills an organization alone. */
export const MAX_OWN_INSTANCES = 20;
/** The most drafts of one person in one organization. */
export const MAX_DRAFTS = 20;

/** Who asks for an instance, of which organization, and what their role allows there. */
export interface InstanceCaller {
  readonly actor: Actor;
  readonly personId: string;
  readonly organizationId: string;
  readonly scopes: readonly string[];
}
