/**
 * Every way of getting a token wrong, one thing at a time. Unit tests and the socket matrix read the same table.
 *
 * A row never stands alone: `makeTwin` differs from it in the one thing that is wrong, and must pass.
 */
import { isSymmetric } from "../keys/test-algorithms.ts";
import { badClaims } from "./bad-claims.ts";
import { badHeaders } from "./bad-headers.ts";
import { badShapes } from "./bad-shapes.ts";
import type { BadToken } from "./bad-token.ts";
import { signToken, type TokenParts } from "./token.ts";

const badTokens: readonly BadToken[] = [...badShapes, ...badHeaders, ...badClaims];

/** The server that is tested. */
export interface BadTokenSetting {
  /** A token that it accepts. */
  readonly good: TokenParts;
  /** The server demands the issuer of the good token. */
  readonly checksIssuer: boolean;
}

/** The rows that mean something for this key and server. */
export function badTokensFor({ good, checksIssuer }: BadTokenSetting): readonly BadToken[] {
  const has = {
    "asymmetric-key": !isSymmetric(good.key.algorithm),
    "key-id": good.key.kid !== undefined,
    issuer: checksIssuer,
  };
  return badTokens.filter(({ needs }) => needs === undefined || has[needs]);
}

/** The passing twin of a row. */
export async function makeTwin(row: BadToken, good: TokenParts): Promise<string> {
  return row.twin === undefined ? signToken(good) : row.twin(good);
}
