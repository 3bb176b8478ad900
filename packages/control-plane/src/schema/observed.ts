/**
 * What is kept of how an instance was seen (`observed_json`), the newest of each source. All of it is the instance's word
 * or a browser's: bounded here, read by name, and never repeated as if it were ours.
 */
import { z } from "zod";
import type { ObservationsTable } from "./tables.ts";

/** Source of a reading of the policy route, by the control plane itself. */
export const POLICY_SOURCE = "policy";
const BROWSER_PREFIX = "browser:";

/** Source of what the browser of one person sees: what reaches an instance differs from browser to browser. */
export function browserSource(personId: string): string {
  return BROWSER_PREFIX + personId;
}

/**
 * Who may see what only the policy of an instance says: its keys, how often each comes, what it enforces. An AgentOS shows
 * its policy for `authz:read`, and the control plane reads it by a token of its own: it is nobody's way around that. Of
 * everybody else it is told what guards the instance, and whether that fits.
 */
export function mayReadPolicy(scopes: readonly string[]): boolean {
  return scopes.includes("authz:read") || scopes.includes("os:write");
}

export const MAX_OBSERVED_KEYS = 30;
const shortText = z.string().max(200);

const observedKeySchema = z.object({
  /** RFC 7638; null for a secret. */
  thumbprint: z
    .string()
    .regex(/^[\w-]{43}$/)
    .nullable(),
  kid: shortText.nullable(),
  /** Requests since `countedSince`; null where it does not count. */
  requestCount: z.int().nullable(),
});

export const observedSchema = z.object({
  outcome: z.enum([
    "answered",
    "unreachable",
    "cors-refused",
    "mixed-content",
    "local-network-refused",
    "timed-out",
  ]),
  /** What guards it; null where that could not be told. */
  mode: z.enum(["jwt", "jwt-unverified", "security_key", "none"]).nullable(),
  /** Where the mode is from. `the answer`: from the words of a refusal, which a proxy could have written too. */
  modeFrom: z.enum(["GET /authz/policy", "GET /info", "the answer"]).nullable(),
  /** A security key is set there, used or not. */
  hasSecurityKey: z.boolean().nullable(),
  enforcesScopes: z.boolean().nullable(),
  isolatesUsers: z.boolean().nullable(),
  /** As it reports it. */
  version: z.string().max(64).nullable(),
  /** The oldest that answers as it does; null where every one could. */
  versionAtLeast: z.string().max(64).nullable(),
  osId: z.string().max(256).nullable(),
  /** Our own server. Null: not known. */
  isOurs: z.boolean().nullable(),
  keys: z.array(observedKeySchema).max(MAX_OBSERVED_KEYS).nullable(),
  countedSince: z.number().nullable(),
});

export type Observed = z.infer<typeof observedSchema>;

/** What is not known of an instance: everything. */
export const NOTHING_OBSERVED: Observed = Object.freeze({
  outcome: "answered",
  mode: null,
  modeFrom: null,
  hasSecurityKey: null,
  enforcesScopes: null,
  isolatesUsers: null,
  version: null,
  versionAtLeast: null,
  osId: null,
  isOurs: null,
  keys: null,
  countedSince: null,
});

/** One that is stored. */
export interface Observation extends Observed {
  readonly source: "browser" | "policy";
  readonly at: number;
}

/** Reads a row. Undefined for one that no version of ours has written so. */
export function readObserved(
  row: Pick<ObservationsTable, "source" | "at" | "observed_json">,
): Observation | undefined {
  const parsed = observedSchema.safeParse(JSON.parse(row.observed_json));
  if (!parsed.success) return undefined;
  return { ...parsed.data, source: row.source === POLICY_SOURCE ? "policy" : "browser", at: row.at };
}
