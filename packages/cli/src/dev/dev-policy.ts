/** The policy of the demo AgentOS: who is let in, by the two switches that the control plane has for it. */
import { ADMIN_SCOPE } from "@agentos/contract";
import type { PolicyOptions } from "@agentos/guard";
import { DEMO_SCOPE_MAPPINGS } from "../demo/demo-agents.ts";
import { DEV_ISSUER } from "./dev-key.ts";

/** Name of the users of the dev key. Whoever reads that key reads the control plane's keys in the same folder. */
const DEFAULT_NAME = "default";

export interface DevSwitches {
  /** *Authorization (JWT)*. */
  readonly authorization: boolean;
  /** *Security key*. */
  readonly securityKey: boolean;
}

export interface DevPolicyParts {
  readonly switches: DevSwitches;
  /** Public half of the dev key, whose tokens are printed. */
  readonly publicPem: string;
  /** The control plane's issuer for this instance; undefined without a control plane, or as long as it has no keys for it. */
  readonly issuer: string | undefined;
  /** The only web pages that may call. */
  readonly consoleOrigin: string | undefined;
  readonly securityKey: string;
}

/**
 * A policy as a whole. With both switches on it is what every AgentOS does: tokens count, and the security key does not
 * (contract 1.1). With both off it is open, and then a server answers this machine alone.
 */
export function createDevPolicy(parts: DevPolicyParts): PolicyOptions {
  const { switches, publicPem, issuer, consoleOrigin, securityKey } = parts;
  return {
    ...(consoleOrigin === undefined ? {} : { cors: { allowedOrigins: [consoleOrigin] } }),
    ...(switches.securityKey ? { securityKey } : {}),
    ...(switches.authorization
      ? {
          authorization: true,
          authorizationConfig: {
            verificationKeys: [publicPem],
            algorithm: "RS256",
            issuer: DEV_ISSUER,
            allowedScopes: [ADMIN_SCOPE],
            userIsolation: true,
            scopeMappings: DEMO_SCOPE_MAPPINGS,
            // Its keys are found by discovery, so that a rotation needs nothing here.
            ...(issuer === undefined
              ? {}
              : { issuers: [{ issuer, sharesUsersWith: DEFAULT_NAME, allowedScopes: [ADMIN_SCOPE] }] }),
          },
        }
      : { authorization: false }),
  };
}
