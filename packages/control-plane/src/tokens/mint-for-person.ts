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
  const { facts, row, instance } =
    (request.purpose === "console"
      ? await store.note(async (db, now) => {
          const decided = await decideToken(minting, { db, dialect }, { request, now });
          return (await isRenewal(db, request, decided)) ? write(db, request, decided) : undefined;
        })
      : undefined) ??
    (await store.change(actor, async (change) => {
      const { db, now } = change;
      const decided = await decideToken(minting, { db, dialect }, { request, now });
      await change.audit({
        organizationId: request.organizationId,
        action: "token.minted",
        target: { kind: "instance", id: request.instanceId, name: decided.instance.name },
        after: {
          purpose: request.purpose,
          jti: decided.facts.tokenId,
          kid: decided.row.kid,
          scopes: decided.facts.scopes,
          ends_at: decided.facts.endsAt,
        },
      });
      return write(db, request, decided);
    }));
  return {
    token: await mintToken(minting, row, facts),
    endpoint: instance.endpoint,
    expires_at: facts.endsAt,
    scopes: [...facts.scopes],
    audience: facts.audience,
    issuer: addressesOf(minting.publicUrl, facts.issuerId).issuer,
    kid: row.kid,
    jti: facts.tokenId,
    subject: facts.subject,
  };
}

type Decided = Awaited<ReturnType<typeof decideToken>>;

/**
 * A page takes a new token every few minutes, which is no decision of anybody: one that is as the one before it, of the
 * same sign-in and role, key and scopes, is not audited. A token that is shown to be copied always is.
 */
async function isRenewal(
  db: Reading["db"],
  { purpose, instanceId }: TokenRequest,
  { facts, row }: Decided,
): Promise<boolean> {
  const before = await db
    .selectFrom("agentos_cp_minted")
    .select(["kid", "scopes_json"])
    .where("person_id", "=", facts.subject)
    .where("instance_id", "=", instanceId)
    .where("sid", "=", facts.signInId)
    .where("client", "=", purpose)
    .orderBy("issued_at", "desc")
    .orderBy("jti")
    .executeTakeFirst();
  return before?.kid === row.kid && before.scopes_json === JSON.stringify(facts.scopes);
}

async function write(db: Reading["db"], request: TokenRequest, decided: Decided): Promise<Decided> {
  await recordToken(db, { ...request, ...decided.facts, kid: decided.row.kid });
  return decided;
}

async function decideToken(
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
    issuerId: instance.issuerId,
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
  return { facts, row, instance };
}
