/** What whoever keeps the machine may do there: ways in, and keys sealed anew. */
import { connectLocalInstance } from "../instances/connect-local-instance.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import { addressesOf } from "../keys/public-keys.ts";
import { type ResealOutcome, resealKeys } from "../keys/reseal-keys.ts";
import { linkUrl, type MadeLink } from "../sign-in/create-link.ts";
import { createLocalLink, createOwnerLink, createResetLink } from "../sign-in/ways-in.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import { type MachineDatabase, type MachineOptions, withMachine } from "./machine-store.ts";

/** A one-time link to hand over. Its secret is nowhere else. */
export interface PrintedLink {
  /** The whole address, its secret in the fragment. */
  readonly url: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** The same for who prints it. */
export interface FoundLink extends PrintedLink {
  readonly database: MachineDatabase;
}

/** A way in for an Owner: makes the first one, or lets that one in. Throws a ConfigurationError. */
export function printOwnerLink(
  options: MachineOptions,
): Promise<FoundLink & { readonly email: string | undefined }> {
  return withMachine(options, async ({ store, resolved, database }) => {
    const { link, email } = await createOwnerLink(store);
    return { ...print(resolved.url, link), database, email };
  });
}

/** A link with which a person sets a new password. Rejects with PERSON_UNKNOWN. */
export function printResetLink(options: MachineOptions, email: string): Promise<FoundLink> {
  return withMachine(options, async ({ store, resolved, database }) => ({
    ...print(resolved.url, await createResetLink(store, email)),
    database,
  }));
}

/**
 * Seals every private key anew under the current one, to which the database belongs from then on. One in which nothing is
 * sealed is taken without the key that it belonged to.
 */
export function resealInstallation(
  options: MachineOptions,
  onBatch: (resealed: number) => void,
): Promise<ResealOutcome> {
  return withMachine(options, async ({ store, openKeys }) =>
    resealKeys({ store, actor: COMMAND_LINE }, await openKeys({ takesUnsealed: true }), { onBatch }),
  );
}

/** An AgentOS that the same start serves. */
export interface LocalStart {
  /** Name of the organization that the first start makes. */
  readonly organizationName: string;
  readonly instance: {
    /** Its id in this control plane, the same at each start. */
    readonly id: string;
    readonly name: string;
    readonly endpoint: string;
    readonly osId: string;
  };
}

export interface PreparedStart {
  readonly link: PrintedLink;
  readonly instanceId: string;
  /** Issuer of the tokens for it; the control plane answers its discovery. */
  readonly issuer: string;
  /** As the switches are meant to be. */
  readonly authorization: boolean;
  readonly securityKey: boolean;
}

/**
 * Before the control plane of somebody's own machine is served: makes an owner and an organization where there are none,
 * connects the instance, and makes a link that signs the owner in.
 */
export function prepareLocalStart(options: MachineOptions, start: LocalStart): Promise<PreparedStart> {
  return withMachine(options, async ({ store, resolved, openKeys }) => {
    const keyPairs = createKeyPairs(await openKeys());
    const { link, organizationId, personId } = await createLocalLink(store, start.organizationName);
    const { id, name, endpoint, osId } = start.instance;
    await connectLocalInstance(
      { store, keyPairs },
      { instanceId: id, organizationId, personId, name, endpoint, osId },
    );
    const wanted = await store.read((db) =>
      db
        .selectFrom("agentos_cp_instances")
        .select(["wants_authorization", "wants_security_key", "issuer_id"])
        .where("instance_id", "=", id)
        .executeTakeFirstOrThrow(),
    );
    return {
      link: print(resolved.url, link),
      instanceId: id,
      issuer: issuerOf(resolved.url, wanted.issuer_id),
      authorization: wanted.wants_authorization === 1,
      securityKey: wanted.wants_security_key === 1,
    };
  });
}

/** Issuer of the tokens for an instance, below the address of the control plane. */
export function issuerOf(url: string, issuerId: string): string {
  return addressesOf(url, issuerId).issuer;
}

function print(url: string, link: MadeLink): PrintedLink {
  return { url: linkUrl(url, link), expiresAt: link.expiresAt };
}
