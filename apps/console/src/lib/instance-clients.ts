/**
 * A client for each instance that this tab talks to. Tokens and security keys stay in the memory of this tab: a reload
 * mints anew, and asks for the key again. Either goes to one address: a token to the one that it was made for, a key to the
 * one that the person saw when they typed it.
 */
import {
  type AgentOSClient,
  ConnectionFault,
  type ControlPlaneClient,
  connectInstance,
  createAgentOSClient,
} from "@agentos/client";
import type { Instance } from "./instance-state.ts";

/** What a request was let in by, as one may say it: never the credential itself. */
export type SentCredential =
  | { readonly kind: "none" }
  | { readonly kind: "minted"; readonly jti: string }
  | { readonly kind: "security-key" };

/** An instance where it is, which is whom a key is for. */
export type PlacedInstance = Pick<Instance, "id" | "endpoint">;

export interface InstanceClients {
  /** With tokens minted for who is signed in; with the security key where authorization is off and the key is on. */
  readonly open: (organizationId: string, instance: Instance) => Promise<AgentOSClient>;
  /** What its requests carry now. */
  readonly describeSent: (instance: Instance) => SentCredential;
  /** The next request to it gets a token made anew. */
  readonly renewToken: (instanceId: string) => void;
  /** A root credential that no role limits: typed by the person, for the instance at this address. */
  readonly rememberSecurityKey: (instance: PlacedInstance, key: string) => void;
  readonly hasSecurityKey: (instance: PlacedInstance) => boolean;
  /** For trying it where no client fits; it never leaves this tab but to the instance. */
  readonly readSecurityKey: (instance: PlacedInstance) => string | undefined;
  /** Where the instance was when its key was typed, if it is elsewhere now. */
  readonly findAddressOfKey: (instance: PlacedInstance) => string | undefined;
  /** Another number after each key that was typed, for keys of queries: never the key itself. */
  readonly securityKeyVersion: (instanceId: string) => number;
  readonly forgetSecurityKey: (instanceId: string) => void;
  /** Nothing of it is used again: another person, another role, other switches. */
  readonly forgetAll: () => void;
}

/** What of this tab is found to be old while a token is made: where an instance is, or who is signed in. */
export type Outdated = "instances" | "session";

interface Held {
  readonly instanceId: string;
  readonly client: Promise<AgentOSClient>;
}

interface TypedKey {
  readonly endpoint: string;
  readonly text: string;
}

/** A token for another address than this one is for whoever is there now. */
export function requireSameEndpoint(minted: { readonly endpoint: string }, endpoint: string): void {
  if (minted.endpoint === endpoint) return;
  throw new ConnectionFault(
    "no-token",
    "the instance is at another endpoint now: its tokens are not for this one",
  );
}

export function createInstanceClients(
  controlPlane: ControlPlaneClient,
  onOutdated: (what: Outdated) => void,
): InstanceClients {
  const clients = new Map<string, Held>();
  const securityKeys = new Map<string, TypedKey>();
  let keysTyped = 0;
  const versions = new Map<string, number>();
  const tokenIds = new Map<string, string>();
  /** Whom this tab is for: the first one for whom a token was made. */
  let subject: string | undefined;

  interface Minting {
    readonly organizationId: string;
    readonly instanceId: string;
    readonly endpoint: string;
  }

  async function mint({ organizationId, instanceId, endpoint }: Minting): Promise<string> {
    const parameters = { organization_id: organizationId, instance_id: instanceId };
    const minted = await controlPlane.tokens.mint({ parameters, body: {} });
    subject ??= minted.subject;
    if (minted.subject !== subject) {
      onOutdated("session");
      throw new ConnectionFault("no-token", "somebody else is signed in now: this page is of who was before");
    }
    if (minted.endpoint !== endpoint) onOutdated("instances");
    requireSameEndpoint(minted, endpoint);
    tokenIds.set(instanceId, minted.jti);
    return minted.token;
  }

  function findKey({ id, endpoint }: PlacedInstance): string | undefined {
    const typed = securityKeys.get(id);
    return typed?.endpoint === endpoint ? typed?.text : undefined;
  }

  /** Whether it is to be let in by a key at all is said by who may throw its switches, not by the instance. */
  function findKeyToSend(instance: Instance): string | undefined {
    const { authorization, security_key: wantsKey } = instance.desired;
    return wantsKey && !authorization ? findKey(instance) : undefined;
  }

  function make(organizationId: string, instance: Instance): Promise<AgentOSClient> {
    const { id: instanceId, endpoint, desired } = instance;
    // Says that there is no endpoint yet.
    if (endpoint === null) return connectInstance({ controlPlane, organizationId, instanceId });
    if (desired.authorization)
      return Promise.resolve(
        createAgentOSClient({
          baseUrl: endpoint,
          getToken: () => mint({ organizationId, instanceId, endpoint }),
        }),
      );
    const key = findKeyToSend(instance);
    return Promise.resolve(
      createAgentOSClient(key === undefined ? { baseUrl: endpoint } : { baseUrl: endpoint, token: key }),
    );
  }

  /** Those of the others go on as they are. */
  function dropClients(instanceId: string): void {
    for (const [name, held] of clients) if (held.instanceId === instanceId) clients.delete(name);
  }

  return {
    open(organizationId, instance) {
      const { id, endpoint, desired } = instance;
      const { authorization, security_key: wantsKey } = desired;
      const name = JSON.stringify([organizationId, id, endpoint, authorization, wantsKey]);
      const held = clients.get(name);
      if (held !== undefined) return held.client;
      const client = make(organizationId, instance);
      clients.set(name, { instanceId: id, client });
      // Not the fault is kept: the next one who asks tries again.
      client.catch(() => clients.delete(name));
      return client;
    },
    describeSent(instance) {
      const jti = tokenIds.get(instance.id);
      if (instance.desired.authorization)
        return jti === undefined ? { kind: "none" } : { kind: "minted", jti };
      return { kind: findKeyToSend(instance) === undefined ? "none" : "security-key" };
    },
    renewToken: dropClients,
    rememberSecurityKey({ id, endpoint }, text) {
      if (endpoint === null) return;
      securityKeys.set(id, { endpoint, text });
      keysTyped += 1;
      versions.set(id, keysTyped);
      dropClients(id);
    },
    hasSecurityKey: (instance) => findKey(instance) !== undefined,
    readSecurityKey: findKey,
    findAddressOfKey({ id, endpoint }) {
      const typed = securityKeys.get(id);
      return typed === undefined || typed.endpoint === endpoint ? undefined : typed.endpoint;
    },
    securityKeyVersion: (instanceId) => versions.get(instanceId) ?? 0,
    forgetSecurityKey(instanceId) {
      securityKeys.delete(instanceId);
      versions.delete(instanceId);
      dropClients(instanceId);
    },
    forgetAll() {
      clients.clear();
      securityKeys.clear();
      versions.clear();
      tokenIds.clear();
      // `subject` stays: whoever signs in on this page next goes on in it only as the same person.
    },
  };
}
