/** An instance as the API shows it to one person. */
import type { InstanceObject } from "@agentos/contract/control-plane";
import { mayReadPolicy, type Observation } from "../schema/observed.ts";
import { compareSwitches } from "./compare-switches.ts";
import type { InstanceRow } from "./find-instance.ts";
import { combine, hidePolicy, NOTHING_SEEN, type Seen } from "./observations.ts";
import { findSharedHost } from "./require-other-host.ts";
import { findVersion } from "./version-gate.ts";

export interface ShownParts {
  readonly row: InstanceRow;
  readonly seen: Seen | undefined;
  /** Of whom it is shown to. */
  readonly scopes: readonly string[];
  /** Thumbprint of the key that signs for it. */
  readonly signingKid: string | undefined;
  readonly consoleOrigin: string;
  /** It runs in this process, and did not take its switches. */
  readonly isNotApplied: boolean;
}

/** Compares it, too. */
export function showInstance({ row, seen = NOTHING_SEEN, scopes, ...rest }: ShownParts): InstanceObject {
  const known = combine(seen);
  const observed = known === undefined || mayReadPolicy(scopes) ? known : hidePolicy(known);
  const version = findVersion(row.stated_version, observed);
  const desired = { authorization: row.wants_authorization === 1, securityKey: row.wants_security_key === 1 };
  return {
    id: row.instance_id,
    name: row.name,
    endpoint: row.endpoint,
    environment: row.environment === "live" ? "live" : "local",
    tags: readTags(row),
    is_draft: row.is_draft === 1,
    os_id: row.os_id,
    desired: { authorization: desired.authorization, security_key: desired.securityKey },
    observed: observed === undefined ? null : showObservation(observed),
    version: version.version,
    version_source: version.source,
    is_ours: observed?.isOurs ?? null,
    findings: [
      ...compareSwitches({ desired, version, osId: row.os_id, observed, ...rest }),
      ...findSharedHost(row.endpoint, rest.consoleOrigin),
    ],
    created_at: row.created_at,
    created_by: row.created_by,
    updated_at: row.updated_at,
  };
}

/** They were checked when they were stored. */
export function readTags({ tags_json: json }: Pick<InstanceRow, "tags_json">): string[] {
  const tags: unknown = JSON.parse(json);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

function showObservation(observed: Observation): NonNullable<InstanceObject["observed"]> {
  const { mode, hasSecurityKey } = observed;
  const isTokens = mode === "jwt" || mode === "jwt-unverified";
  return {
    at: observed.at,
    source: observed.source,
    is_reachable: observed.outcome === "answered",
    mode,
    authorization: mode === null ? "unknown" : isTokens ? "on" : "off",
    security_key: hasSecurityKey === null ? "unknown" : hasSecurityKey ? "on" : "off",
    version: observed.version,
    os_id: observed.osId,
    thumbprints:
      observed.keys?.flatMap(({ thumbprint }) => (thumbprint === null ? [] : [thumbprint])) ?? null,
  };
}
