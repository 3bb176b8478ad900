/** Both sides of an instance's keys: those that are held here beside those that it has loaded. */
import { KEY_STATIONS, type signingKeyListSchema } from "@agentos/contract/control-plane";
import type { Kysely } from "kysely";
import type { z } from "zod";
import { mayReadPolicy } from "../schema/observed.ts";
import type { Tables } from "../schema/tables.ts";
import { readLoadedKeys } from "./loaded-keys.ts";
import { addressesOf, readPublicHalf } from "./public-keys.ts";

export type KeyList = z.input<typeof signingKeyListSchema>;

export interface KeyListQuery {
  readonly publicUrl: string;
  readonly instanceId: string;
  readonly issuerId: string;
  /** Of who asks: whether a key is loaded is told to everybody, and no more of what the policy says. */
  readonly scopes: readonly string[];
}

/** Reads them. Whether the instance may be seen was asked before. */
export async function listKeys(
  db: Kysely<Tables>,
  { publicUrl, instanceId, issuerId, scopes }: KeyListQuery,
): Promise<KeyList> {
  const rows = await db
    .selectFrom("agentos_cp_keys")
    .select([
      "kid",
      "station",
      "public_jwk_json",
      "created_at",
      "signing_since",
      "retired_at",
      "last_token_ends_at",
    ])
    .where("instance_id", "=", instanceId)
    .orderBy("created_at", "desc")
    .orderBy("kid")
    .execute();
  const loaded = await readLoadedKeys(db, instanceId);
  const isPolicyShown = mayReadPolicy(scopes);
  const keys = rows.map(({ public_jwk_json: json, station, ...row }) => ({
    ...row,
    ...readPublicHalf(json),
    station: KEY_STATIONS.find((known) => known === station) ?? "retired",
  }));
  const held = new Set(keys.map(({ kid }) => kid));
  const { issuer, jwksUrl } = addressesOf(publicUrl, issuerId);
  return {
    data: keys.map(({ jwk: _, pem, kid, ...key }) => ({
      ...key,
      kid,
      algorithm: "RS256",
      public_pem: pem,
      is_loaded: loaded?.thumbprints.includes(kid) ?? null,
      request_count: isPolicyShown ? (loaded?.countRequests(kid) ?? null) : null,
    })),
    issuer,
    jwks_url: jwksUrl,
    jwks: { keys: keys.filter(({ station }) => station !== "retired").map(({ jwk }) => jwk) },
    foreign_thumbprints: isPolicyShown
      ? (loaded?.thumbprints.filter((thumbprint) => !held.has(thumbprint)) ?? [])
      : [],
    observed_at: loaded?.observedAt ?? null,
    counted_since: isPolicyShown ? (loaded?.countedSince ?? null) : null,
  };
}
