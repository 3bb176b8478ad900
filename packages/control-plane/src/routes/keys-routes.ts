/** Keys of instances, tokens that they sign, and their public half. */
import type { HandlersOf, MemberCall } from "../app/handler.ts";
import { findInstance, type InstanceQuery } from "../instances/find-instance.ts";
import { answerDiscovery, answerKeySet } from "../keys/key-documents.ts";
import { listKeys } from "../keys/list-keys.ts";
import type { KeyRotation } from "../keys/rotate-keys.ts";
import { type Minting, mintForPerson } from "../tokens/mint-for-person.ts";

export interface KeysServices extends Minting {
  readonly rotation: KeyRotation;
  /**
   * Reads the policy of an instance of ours anew, so that a key is judged by what the instance has now. Resolves to why
   * that could not be.
   */
  readonly refreshPolicy: (query: InstanceQuery) => Promise<string | undefined>;
}

type KeysCall = Pick<MemberCall<"keys.list">, "parameters" | "person" | "membership">;

/** Creates them. */
export function createKeysRoutes(services: KeysServices): HandlersOf<"keys" | "tokens" | "documents"> {
  const { store, publicUrl, rotation } = services;
  const list = async ({ parameters, person, membership }: KeysCall) => {
    const { organization_id: organizationId, instance_id: instanceId } = parameters;
    const personId = person.signedIn.person.id;
    return store.read(async (db) => {
      const { issuer_id: issuerId } = await findInstance(db, { organizationId, instanceId, personId });
      return listKeys(db, { publicUrl, instanceId, issuerId, scopes: membership.role.scopes });
    });
  };
  return {
    "keys.list": list,
    async "keys.publish"(call) {
      const { parameters, actor } = call;
      const { organization_id: organizationId, instance_id: instanceId } = parameters;
      await rotation.publishKey(actor, { organizationId, instanceId });
      return list(call);
    },
    async "keys.sign"(call) {
      const { parameters, person, actor, body } = call;
      const { organization_id: organizationId, instance_id: instanceId, kid } = parameters;
      // Only what this person may see is asked for anything.
      const personId = person.signedIn.person.id;
      await store.read((db) => findInstance(db, { organizationId, instanceId, personId }));
      const isForced = body.is_forced;
      const query = { organizationId, instanceId, personId };
      const unreadFor = isForced ? undefined : await services.refreshPolicy(query);
      await rotation.signWithKey(actor, { organizationId, instanceId, kid, isForced, unreadFor });
      return list(call);
    },
    async "keys.retire"(call) {
      const { parameters, actor, body } = call;
      const { organization_id: organizationId, instance_id: instanceId, kid } = parameters;
      await rotation.retireKey(actor, { organizationId, instanceId, kid, isForced: body.is_forced });
      return list(call);
    },
    "tokens.mint": ({ parameters, person, actor, body }) =>
      mintForPerson(services, actor, {
        organizationId: parameters.organization_id,
        instanceId: parameters.instance_id,
        personId: person.signedIn.person.id,
        sessionId: person.signedIn.session.id,
        purpose: body.purpose,
        scopes: body.scopes,
      }),
    // Below the issuer, whose id is that of the instance only until its endpoint is another one.
    "documents.jwks": ({ request, parameters }) =>
      answerKeySet(services, { request, issuerId: parameters.instance_id }),
    "documents.discovery": ({ request, parameters }) =>
      answerDiscovery(services, { request, issuerId: parameters.instance_id }),
  };
}
