/** Why what a caller has opened may not go on: as a request is judged, but for the times of its credential. */
import {
  type AuthEngine,
  DEFAULT_ISSUER_NAME,
  isKeyWithdrawn,
  type Refusal,
  type RevocationCheck,
  refuse,
  type TrustedIssuer,
} from "@agentos/auth";
import type { Revocations } from "../revocations/revocations.ts";
import type { OpenedBy } from "./connection-registry.ts";

export interface FindEndOptions {
  readonly engine: Pick<AuthEngine, "authorize" | "isPublic">;
  /** Those of the policy, with the keys in force. */
  readonly issuers: readonly TrustedIssuer[];
  readonly revocations: Pick<Revocations, "isRevoked">;
  /** That of whoever embeds this server. What it has to wait for it says at the next request. */
  readonly revocation: RevocationCheck | undefined;
}

/** Creates the judgement. */
export function createFindEnd({
  engine,
  issuers,
  revocations,
  revocation,
}: FindEndOptions): (opened: OpenedBy) => Refusal | undefined {
  return ({ identity, route, parameters }) => {
    if (engine.isPublic(route, parameters)) return undefined;
    if (revocations.isRevoked(identity)) return refuse("AUTH_CREDENTIAL_REVOKED").fault;
    const refused = revocation?.(identity);
    if (refused !== undefined && !(refused instanceof Promise)) return refused;
    const keys = issuers
      .filter(({ policy }) => (policy.name ?? DEFAULT_ISSUER_NAME) === identity.issuer)
      .flatMap(({ keySource }) => keySource.current().keys);
    if (isKeyWithdrawn(identity, keys)) return refuse("AUTH_KEY_UNKNOWN").fault;
    const authorized = engine.authorize(identity, route, parameters);
    return authorized.ok ? undefined : authorized.fault;
  };
}
