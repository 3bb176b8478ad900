/** Public halves of an instance's keys, and the addresses at which everybody can read them. */
import { createPublicKey } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { z } from "zod";
import type { Tables } from "../schema/tables.ts";

/** What is in the key set: from the first station until it is retired. */
const STATIONS_IN_SET = ["signing", "published", "retiring"] as const;

export interface PublicKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly station: (typeof STATIONS_IN_SET)[number];
  readonly jwk: Readonly<Record<string, unknown>>;
  /** SPKI, with a final line end. */
  readonly pem: string;
}

export interface KeyAddresses {
  /** `iss` of the tokens; discovery is below it. */
  readonly issuer: string;
  readonly jwksUrl: string;
}

/** Where the keys of an issuer are. `publicUrl` is the address of the control plane, without a final slash. */
export function addressesOf(publicUrl: string, issuerId: string): KeyAddresses {
  const issuer = `${publicUrl}/instances/${issuerId}`;
  return { issuer, jwksUrl: `${issuer}/.well-known/jwks.json` };
}

/** The keys that an instance is to trust, the one that signs first. */
export async function readPublicKeys(
  db: Kysely<Tables> | Transaction<Tables>,
  instanceId: string,
): Promise<readonly PublicKey[]> {
  const rows = await db
    .selectFrom("agentos_cp_keys")
    .select(["kid", "station", "public_jwk_json"])
    .where("instance_id", "=", instanceId)
    .where("station", "in", [...STATIONS_IN_SET])
    .orderBy("created_at")
    .orderBy("kid")
    .execute();
  return STATIONS_IN_SET.flatMap((station) =>
    rows
      .filter((row) => row.station === station)
      .map(({ kid, public_jwk_json: json }) => ({ kid, station, ...readPublicHalf(json) })),
  );
}

/** The key that signs for an instance; undefined where it has none. */
export async function publicKeyOf(
  db: Kysely<Tables> | Transaction<Tables>,
  instanceId: string,
): Promise<PublicKey | undefined> {
  const [first] = await readPublicKeys(db, instanceId);
  return first?.station === "signing" ? first : undefined;
}

const publicJwkSchema = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  kid: z.string(),
  alg: z.literal("RS256"),
  use: z.literal("sig"),
});

/** Of the text that is stored. Only members of a public key come out, whatever the row holds. */
export function readPublicHalf(json: string): Pick<PublicKey, "jwk" | "pem"> {
  const jwk = publicJwkSchema.parse(JSON.parse(json));
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  return { jwk, pem: String(publicKey.export({ type: "spki", format: "pem" })) };
}
