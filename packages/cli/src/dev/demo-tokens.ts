/** The three tokens of `agentos dev`, each for one hour. */
import { randomUUID } from "node:crypto";
import { createAccessClaims, type SigningKey, signToken } from "@agentos/auth/mint";
import { ADMIN_SCOPE } from "@agentos/contract";
import { DEV_ISSUER } from "./dev-key.ts";

export interface DemoToken {
  readonly name: "admin" | "reader" | "runner";
  readonly scopes: readonly string[];
  readonly token: string;
}

const TTL_SECONDS = 3600;
const ROLES = [
  { name: "admin", scopes: [ADMIN_SCOPE] },
  { name: "reader", scopes: ["agents:read", "config:read"] },
  { name: "runner", scopes: ["agents:read", "agents:run"] },
] as const;

/** Signs them. */
export async function mintDemoTokens(
  key: SigningKey,
  options: { audience: string; now: number },
): Promise<readonly DemoToken[]> {
  return Promise.all(
    ROLES.map(async ({ name, scopes }) => {
      const claims = createAccessClaims({
        ...options,
        issuer: DEV_ISSUER,
        subject: `demo-${name}`,
        scopes,
        ttlSeconds: TTL_SECONDS,
        tokenId: randomUUID(),
      });
      return { name, scopes, token: await signToken(key, claims) };
    }),
  );
}
