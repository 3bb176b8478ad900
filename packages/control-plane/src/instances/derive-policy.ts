/** What the policy route of an instance of ours says about it, as far as it is compared with what is meant. */
import { policySchema } from "@agentos/contract";
import type { z } from "zod";
import { MAX_OBSERVED_KEYS, NOTHING_OBSERVED, type Observed, observedSchema } from "../schema/observed.ts";
import { readId, readVersion } from "./derive-observation.ts";

/** A later version of ours may say more, and another mode: only what is compared has to be there. */
const readPolicySchema = policySchema.pick({
  os_id: true,
  mode: true,
  has_security_key: true,
  keys: true,
  counted_since: true,
  enforces_scopes: true,
  isolates_users: true,
  agno_version: true,
});

/** Undefined for an answer that is no policy of ours, or has more in it than is kept. */
export function derivePolicy(body: unknown): Observed | undefined {
  const read = readPolicySchema.safeParse(body);
  if (!read.success) return undefined;
  const policy = read.data;
  const observed = observedSchema.safeParse({
    ...NOTHING_OBSERVED,
    mode: policy.mode,
    modeFrom: "GET /authz/policy",
    hasSecurityKey: policy.has_security_key,
    enforcesScopes: policy.enforces_scopes,
    isolatesUsers: policy.isolates_users,
    // Somebody's claims, as a browser's are: what is none is not shown as one.
    version: readVersion(policy.agno_version),
    osId: readId(policy.os_id),
    isOurs: true,
    keys: policy.keys.slice(0, MAX_OBSERVED_KEYS).map((key) => ({
      thumbprint: key.thumbprint,
      kid: readId(key.kid),
      requestCount: key.request_count,
    })),
    countedSince: policy.counted_since,
  } satisfies z.input<typeof observedSchema>);
  return observed.success ? observed.data : undefined;
}
