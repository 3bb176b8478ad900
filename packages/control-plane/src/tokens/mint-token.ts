/** The claims of a minted token (design.md section 10), and its signature. */
import { createAccessClaims, signToken } from "@agentos/auth/mint";
import type { KeyPairs, KeyRow } from "../keys/key-pairs.ts";
import { addressesOf } from "../keys/public-keys.ts";

/** The most that a minted token lives. What follows is renewed, and asks anew what its person may do. */
export const MAX_TOKEN_SECONDS = 5 * 60;

export interface TokenFacts {
  readonly issuerId: string;
  /** Id of the AgentOS. */
  readonly audience: string;
  readonly subject: string;
  /** Which of our clients it is for (`client_id` of RFC 9068). */
  readonly client: "console" | "curl" | "control-plane";
  readonly scopes: readonly string[];
  /** Seconds since the epoch; fractions are cut. */
  readonly issuedAt: number;
  readonly endsAt: number;
  /** Left out for what no sign-in stands behind. */
  readonly signInId?: string | undefined;
  readonly tokenId: string;
}

export type SigningRow = Pick<KeyRow, "kid" | "instance_id" | "sealed_private" | "seal_key_id">;

/**
 * Signs it. `scopes` is a list, as the contract has it; `scope` of RFC 9068 is left out, since every AgentOS reads the
 * list first and two lists could differ.
 */
export async function mintToken(
  { keyPairs, publicUrl }: { readonly keyPairs: KeyPairs; readonly publicUrl: string },
  row: SigningRow,
  facts: TokenFacts,
): Promise<string> {
  const key = await keyPairs.openKeyPair(row);
  const claims = createAccessClaims({
    issuer: addressesOf(publicUrl, facts.issuerId).issuer,
    subject: facts.subject,
    audience: facts.audience,
    scopes: facts.scopes,
    now: facts.issuedAt,
    ttlSeconds: Math.floor(facts.endsAt) - Math.floor(facts.issuedAt),
    tokenId: facts.tokenId,
  });
  const { signInId: sid, client } = facts;
  return signToken(
    key,
    { ...claims, client_id: client, ...(sid === undefined ? {} : { sid }) },
    { type: "at+jwt" },
  );
}
