/**
 * A client for each instance that this tab talks to. Tokens and security keys stay in the memory of this tab: a reload
 * mints anew, and asks for the key again.
 */
import {
  type AgentOSClient,
  type ControlPlaneClient,
  connectInstance,
  createAgentOSClient,
} from "@agentos/client";
import type { Instance } from "./instance-state.ts";

export interface InstanceClients {
  /** With tokens minted for who is signed in; with the security key where authorization is off. */
  readonly open: (organizationId: string, instance: Instance) => Promise<AgentOSClient>;
  /** A root credential that no role limits: typed by the person. */
  readonly rememberSecurityKey: (instanceId: string, key: string) => void;
  readonly hasSecurityKey: (instanceId: string) => boolean;
  /** For trying it where no client fits; it never leaves this tab but to the instance. */
  readonly readSecurityKey: (instanceId: string) => string | undefined;
  /** Another number after each key that was typed, for keys of queries: never the key itself. */
  readonly securityKeyVersion: (instanceId: string) => number;
  readonly forgetSecurityKey: (instanceId: string) => void;
  /** Nothing of it is used again: another person, another role, other switches. */
  readonly forgetAll: () => void;
}

export function createInstanceClients(controlPlane: ControlPlaneClient): InstanceClients {
  const clients = new Map<string, Promise<AgentOSClient>>();
  const securityKeys = new Map<string, string>();
  let keysTyped = 0;
  const versions = new Map<string, number>();

  function make(organizationId: string, instance: Instance): Promise<AgentOSClient> {
    const { id: instanceId, endpoint, desired } = instance;
    if (desired.authorization || endpoint === null)
      return connectInstance({ controlPlane, organizationId, instanceId });
    const key = securityKeys.get(instanceId);
    return Promise.resolve(
      createAgentOSClient(key === undefined ? { baseUrl: endpoint } : { baseUrl: endpoint, token: key }),
    );
  }

  return {
    open(organizationId, instance) {
      const { id, endpoint, desired } = instance;
      const name = JSON.stringify([organizationId, id, endpoint, desired.authorization]);
      const held = clients.get(name);
      if (held !== undefined) return held;
      const made = make(organizationId, instance);
      clients.set(name, made);
      // Not the fault is kept: the next one who asks tries again.
      made.catch(() => clients.delete(name));
      return made;
    },
    rememberSecurityKey(instanceId, key) {
      securityKeys.set(instanceId, key);
      keysTyped += 1;
      versions.set(instanceId, keysTyped);
      clients.clear();
    },
    hasSecurityKey: (instanceId) => securityKeys.has(instanceId),
    readSecurityKey: (instanceId) => securityKeys.get(instanceId),
    securityKeyVersion: (instanceId) => versions.get(instanceId) ?? 0,
    forgetSecurityKey(instanceId) {
      securityKeys.delete(instanceId);
      versions.delete(instanceId);
      clients.clear();
    },
    forgetAll() {
      clients.clear();
      securityKeys.clear();
    },
  };
}
