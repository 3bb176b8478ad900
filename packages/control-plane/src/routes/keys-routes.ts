/** Keys of instances, tokens that they sign, and their public half. */
import type { HandlersOf } from "../app/handler.ts";
import { findInstance, type InstanceQuery } from "../instances/find-instance.ts";
import { answerDiscovery, answerKeySet } from "../keys/key-documents.ts";
import { listKeys } from "../keys/list-keys.ts";
import type { KeyRotation } from "../keys/rotate-keys.ts";
import { type Minting, mintForPerson } from "../tokens/mint-for-person.ts";

export interface KeysServices extends Minting {
  readonly rotation: KeyRotation;
  /**
   * Reads the policy of an instance of ours anew, so that a key is judged by what the instance has now. Resolves whatever
   * becomes of it.
   */
  readonly refreshPolicy: (query: InstanceQuery) => Promise<void>;
}

/** Creates them. */
export function createKeysRoutes(services: KeysServices): HandlersOf<"keys" | "tokens" | "documents"> {
  const { store, publicUrl, rotation } = services;
  const list = async (organizationId: string, instanceId: string, personId: string) =>
    store.read(async (db) => {
      const { issuer_id: issuerId } = await findInstance(db, { organizationId, instanceId, personId });
      return listKeys(db, { publicUrl, instanceId, issuerId });
    });
  return {
    "keys.list": ({ parameters, person }) =>
      list(parameters.organization_id, parameters.instance_id, person.signedIn.person.id),
    async "keys.publish"({ parameters, person, actor }) {
      const { organization_id: organizationId, instance_id: instanceId } = parameters;
      await rotation.publishKey(actor, { organizationId, instanceId });
      return list(organizationId, instanceId, person.signedIn.person.id);
    },
    async "keys.sign"({ parameters, person, actor, body }) {
      const { organization_id: organizationId, instance_id: instanceId, kid } = parameters;
      // Only what this person may see is asked for anything.
      const personId = person.signedIn.person.id;
      await store.read((db) => findInstance(db, { organizationId, instanceId, personId }));
      if (!body.is_forced) await services.refreshPolicy({ organizationId, instanceId, personId });
      await rotation.signWithKey(actor, { organizationId, instanceId, kid, isForced: body.is_forced });
      return list(organizationId, instanceId, personId);
    },
    async "keys.retire"({ parameters, person, actor, body }) {
      const { organization_id: organizationId, instance_id: instanceId, kid } = parameters;
      await rotation.retireKey(actor, { organizationId, instanceId, kid, isForced: body.is_forced });
      return list(organizationId, instanceId, person.signedIn.person.id);
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
