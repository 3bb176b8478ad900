/**
 * The policy in force, as `GET /authz/policy` shows it to a holder of `authz:read`: who may call, with which keys, and what
 * is doubtful about it. No secret is in it, no path, and nothing of a shared secret but its length.
 */
import { z } from "zod";

/** One verification key in force. */
const policyKeySchema = z.object({
  /** Option or variable that it came from, such as `verificationKeys[0]`. */
  source: z.string(),
  label: z
    .string()
    .meta({ description: "algorithm, kind and size; of a secret its length and nothing else" }),
  /** Algorithms that it may be used with. */
  algorithms: z.array(z.string()),
  /** Key id; null when it has none. */
  kid: z.string().nullable(),
  thumbprint: z.string().nullable().meta({ description: "RFC 7638, SHA-256; null for a secret" }),
  /** How it came where that is not plain PEM or JWK; nothing was wrong with it. */
  form: z.string().nullable(),
  repairs: z.array(z.string()).meta({ description: "what had to be mended to read it; empty for most" }),
  request_count: z.int().nullable().meta({
    description:
      "verified requests that came with it since `counted_since`; null for a secret, which has no thumbprint to tell it from the one before it",
  }),
});

/** The tokens of one issuer. */
const policyIssuerSchema = z.object({
  /** Name that the operator gave it, part of every identity. */
  name: z.string(),
  issuer: z
    .string()
    .nullable()
    .meta({ description: "exact `iss`; null: not checked, or of tokens that name none" }),
  /** None: nothing gives keys. */
  keys_from: z.array(z.enum(["configuration", "file", "address", "discovery"])),
  audience: z.array(z.string()).nullable().meta({ description: "accepted audiences; null: not verified" }),
  /** The only ones that are allowed; null leaves it to the keys. */
  algorithms: z.array(z.string()).nullable(),
  /** The most that its tokens may grant; null: no ceiling of its own. */
  allowed_scopes: z.array(z.string()).nullable(),
  /** Put before the ids of its users; null: nothing. */
  subject_prefix: z.string().nullable(),
  requires_expiration: z.boolean(),
  /** Longest life of a token; null: no limit. */
  max_lifetime_seconds: z.int().nullable(),
});

/** Answer of `GET /authz/policy`. */
export const policySchema = z
  .object({
    /** Id of this AgentOS. */
    os_id: z.string(),
    /** What guards it; `jwt-unverified` believes every token. */
    mode: z.enum(["jwt", "jwt-unverified", "security_key", "none"]),
    /** A security key is configured; beside tokens it is not accepted. */
    has_security_key: z.boolean(),
    security_key_request_count: z
      .int()
      .meta({ description: "requests with the security key since `counted_since`" }),
    keys: z.array(policyKeySchema),
    key_state: z.enum(["ok", "stale", "failed"]).meta({
      description:
        "stale: a source fails, its last good keys are used; failed: they are too old, and are not used",
    }),
    algorithms: z.array(z.string()).meta({ description: "algorithms of the keys in force" }),
    counted_since: z.int().meta({
      description:
        "seconds since the epoch: about an hour ago, later where counting began later; counts of all servers of a database together",
    }),
    issuers: z.array(policyIssuerSchema),
    /** False: a valid token may do everything. */
    enforces_scopes: z.boolean(),
    /** Each user reaches only their own data. */
    isolates_users: z.boolean(),
    /** The scope that satisfies every requirement. */
    admin_scope: z.string(),
    unsafe: z.array(z.string()).meta({ description: "switches that are set and weaken a check" }),
    credential_locations: z.array(z.object({ in: z.enum(["header", "cookie"]), name: z.string() })),
    allowed_origins: z.array(z.string()).meta({ description: "origins whose pages may call from a browser" }),
    public_routes: z.array(z.string()).meta({
      description: "paths that need no credential, with the method where that is not GET",
    }),
    limits: z.record(z.string(), z.number()).meta({ description: "limits by option, where some are chosen" }),
    /** What is doubtful about the configuration and the keys. */
    findings: z.array(
      z.object({
        code: z.string(),
        severity: z.enum(["error", "warning"]),
        message: z.string(),
        fix: z.string(),
      }),
    ),
    agno_version: z.string().meta({ description: "version of the wire contract" }),
    /** Version of this product. */
    server_version: z.string(),
  })
  .meta({ id: "Policy", description: "the policy in force, without any secret" });

/** The policy in force. */
export type PolicyObject = z.infer<typeof policySchema>;
