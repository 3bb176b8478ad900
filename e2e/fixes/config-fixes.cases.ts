/** Faults and warnings of a configuration, and the way out that each prints. */
import type { FaultCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";
import { fix, jwtOptions, key, SECURITY_KEY, withConfig, withEnv } from "./world.ts";

export const configFixes = {
  CONFIG_BOTH_CREDENTIALS: [
    fix({
      name: "JWT only, both from the environment",
      wrong: () => ({
        options: {
          authorization: true,
          env: { JWT_VERIFICATION_KEY: key.verificationKey, OS_SECURITY_KEY: SECURITY_KEY },
        },
      }),
      follows: /unset "(OS_SECURITY_KEY)"/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: undefined }),
    }),
  ],
  CONFIG_LIFETIME_UNLIMITED: fix({
    wrong: () => ({ options: jwtOptions({ unsafe: { allowLongLivedTokens: true } }) }),
    follows: /remove it/,
    apply: (world) => withConfig(world, { unsafe: undefined }),
  }),
} satisfies Partial<FixRows<FaultCode>>;
