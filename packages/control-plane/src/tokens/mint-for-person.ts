/**
 * A token of a person for an instance. Session, membership, switches and key are read in the transaction that writes down
 * that the token exists, and are held until it ends: who is removed at the same time either gets none, or is removed
 * after it was written down, and it is revoked with the others.
 */
import { randomUUID } from "node:crypto";
import type { mintedTokenSchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import type { InstallationKeys } from "../keys/installation-keys.ts";
import type { KeyPairs } from "../keys/key-pairs.ts";
import { addressesOf } from "../keys/public-keys.ts";
import type { Actor } from "../store/actor.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { chooseScopes } from "./choose-scopes.ts";
import { MAX_TOKEN_SECONDS, mintToken, type TokenFacts } from "./mint-token.ts";
import {
  type Asker,
  type Reading,
  readMintingInstance,
  readSigningRow,
  readStanding,
} from "./read-standing.ts";
import { recordToken } from "./record-token.ts";
import { signInIdOf } from "./sign-in-id.ts";

export interface Minting {
  readonly store: ControlPlaneStore;
  readonly keyPairs: KeyPairs;
  readonly installationKeys: Pick<InstallationKeys, "signInIds">;
  /** Address of the control plane, without a final slash. */
  readonly publicUrl: string;
}

export interface TokenRequest extends Asker {
  readonly purpose: "console" | "curl";
  /** A part of what the role gives. Default: all of it. */
  readonly scopes?: readonly string[] | undefined;
}

export type MintedToken = z.input<typeof mintedTokenSchema>;

/** Mints it. Rejects with the cause where there is to be none. */
export async function mintForPerson(
  minting: Minting,
  actor: Actor,
  request: TokenRequest,
): Promise<MintedToken> {
  const { store } = minting;
  const { dialect } = store;
  const { facts, row } = (await isRenewal(store, request))
    ? await store.note((db, now) => issueToken(minting, { db, dialect }, { request, now }))
    : await store.change(actor, async (change) => {
        const issued = await issueToken(minting, { db: change.db, dialect }, { request, now: change.now });
        await change.audit({
          organizationId: request.organizationId,
          action: "token.minted",
          target: { kind: "instance", id: request.instanceId, name: issued.instanceName },
          after: {
            purpose: request.purpose,
            jti: issued.facts.tokenId,
            kid: issued.row.kid,
            scopes: issued.facts.scopes,
            ends_at: issued.facts.endsAt,
          },
        });
        return issued;
      });
  return {
    token: await mintToken(minting, row, facts),
    expires_at: facts.endsAt,
    scopes: [...facts.scopes],
    audience: facts.audience,
    issuer: addressesOf(minting.publicUrl, request.instanceId).issuer,
    kid: row.kid,
    jti: facts.tokenId,
    subject: facts.subject,
  };
}

/**
 * A page takes a new token every few minutes, which is no decision of anybody: only the first of a visit is audited. A
 * token that is shown to be copied is always.
 */
async function isRenewal(
  store: ControlPlaneStore,
  { purpose, instanceId, sessionId }: TokenRequest,
): Promise<boolean> {
  if (purpose !== "console") return false;
  const known = await store.read((db) =>
    db
      .selectFrom("agentos_cp_issued")
      .select("sid")
      .where("session_id", "=", sessionId)
      .where("instance_id", "=", instanceId)
      .executeTakeFirst(),
  );
  return known !== undefined;
}

async function issueToken(
  { installationKeys }: Minting,
  reading: Reading,
  { request, now }: { readonly request: TokenRequest; readonly now: number },
) {
  const standing = await readStanding(reading, request, now);
  const instance = await readMintingInstance(reading, request);
  const scopes = chooseScopes(standing.role, request.scopes);
  const row = await readSigningRow(reading.db, request.instanceId);
  const issuedAt = Math.floor(now);
  const facts = {
    instanceId: request.instanceId,
    audience: instance.osId,
    subject: request.personId,
    client: request.purpose,
    scopes,
    issuedAt,
    // Nobody's token outlives their session.
    endsAt: Math.min(issuedAt + MAX_TOKEN_SECONDS, Math.floor(standing.sessionEndsAt)),
    tokenId: randomUUID(),
    signInId: signInIdOf(installationKeys, { ...request, ...standing }),
  } satisfies TokenFacts;
  await recordToken(reading.db, { ...request, ...facts, kid: row.kid });
  return { facts, row, instanceName: instance.name };
}
