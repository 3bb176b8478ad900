/** Refusals of authentication, and the way out that each prints. */
import type { RefusalCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";
import { callSigned, callWith, fix, good, jwtOptions } from "./world.ts";

export const authFixes = {
  AUTH_HEADER_MISSING: fix({
    wrong: () => ({ options: jwtOptions(), call: { path: "/agents" } }),
    follows: /send a JWT in the header "([\w-]+): Bearer TOKEN"/,
    apply: async (world, [name = ""]) => {
      const { headers } = await callSigned(good());
      return { ...world, call: { path: "/agents", headers: { [name]: headers?.["authorization"] ?? "" } } };
    },
  }),
  AUTH_TOKEN_EXPIRED: fix({
    wrong: async () => ({
      options: jwtOptions(),
      call: await callSigned(good({ iat: 1_000, exp: 2_000 })),
    }),
    follows: /get a new token/,
    apply: async (world) => ({ ...world, call: await callSigned(good()) }),
  }),
  AUTH_SCHEME_REPEATED: fix({
    wrong: () => ({ options: jwtOptions(), call: callWith("Bearer x.y.z") }),
    follows: /send it once/,
    apply: async (world) => ({ ...world, call: await callSigned(good()) }),
  }),
} satisfies Partial<FixRows<RefusalCode>>;
