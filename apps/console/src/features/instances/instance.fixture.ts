/** An instance as the API shows it, for tests of what follows from it. */
import type { Instance } from "../../lib/instance-state.ts";

type Observation = NonNullable<Instance["observed"]>;

const SEEN = {
  at: 1,
  source: "browser",
  is_reachable: true,
  mode: "jwt",
  authorization: "on",
  security_key: "unknown",
  version: "2.9.0",
  os_id: "shop",
  thumbprints: null,
} as const;

export function makeInstance(given: Partial<Instance> = {}): Instance {
  return {
    id: "i-1",
    name: "Shop",
    endpoint: "http://127.0.0.1:7777",
    environment: "local",
    tags: [],
    is_draft: false,
    os_id: "shop",
    desired: { authorization: true, security_key: false },
    observed: SEEN,
    version: "2.9.0",
    version_source: "reported",
    is_ours: true,
    findings: [],
    created_at: 1,
    updated_at: 1,
    created_by: null,
    ...given,
  };
}

export function makeObservation(given: Partial<Observation> = {}): Observation {
  return { ...SEEN, ...given };
}
