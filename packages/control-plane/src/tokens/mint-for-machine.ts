/**
 * Tokens for the control plane's own two calls: it reads the policy of an instance, and tells it what is revoked. Each
 * can do that alone, for a minute, and nobody else ever sees it.
 */
import { randomUUID } from "node:crypto";
import { reject } from "../store/rejected.ts";
import type { Minting } from "./mint-for-person.ts";
import { mintToken, type SigningRow } from "./mint-token.ts";
import { readSigningRow } from "./read-standing.ts";

export interface MachineTokenRequest {
  readonly instance: MachineInstance;
  /** The only one that the token has. */
  readonly scope: "authz:read" | "authz:revoke";
}

export interface MachineInstance {
  readonly instance_id: string;
  readonly issuer_id: string;
  readonly os_id: string | null;
  /** Default: the key that signs for it now. */
  readonly signingRow?: SigningRow | undefined;
}

/** No person has this id: theirs are random. */
const SUBJECT = "control-plane";
const MACHINE_TOKEN_SECONDS = 60;

/** Mints it. Rejects with INSTANCE_OS_ID_UNKNOWN, or with INSTANCE_AUTHORIZATION_OFF where no key signs. */
export async function mintForMachine(
  minting: Pick<Minting, "store" | "keyPairs" | "publicUrl"> & { readonly now: () => number },
  { instance, scope }: MachineTokenRequest,
): Promise<string> {
  const { instance_id: instanceId, issuer_id: issuerId, os_id: audience } = instance;
  if (audience === null) throw reject("INSTANCE_OS_ID_UNKNOWN");
  const row = instance.signingRow ?? (await minting.store.read((db) => readSigningRow(db, instanceId)));
  const issuedAt = Math.floor(minting.now());
  return mintToken(minting, row, {
    issuerId,
    audience,
    subject: SUBJECT,
    client: SUBJECT,
    scopes: [scope],
    issuedAt,
    endsAt: issuedAt + MACHINE_TOKEN_SECONDS,
    tokenId: randomUUID(),
  });
}
