/** AgentOS instances: where they are, which switches are meant to be on, and what was seen there. */
import { z } from "zod";
import { nameSchema, timeSchema } from "./fields.ts";

export const ENVIRONMENTS = ["local", "live"] as const;

/** Scheme, host, port and path of an AgentOS. What else it must be is judged by the control plane. */
export const endpointSchema = z.string().min(1).max(2_000);
const tagSchema = z
  .string()
  .max(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u);
const tagsSchema = z.array(tagSchema).max(20);

/** Of an AgentOS, such as `2.9.0`. */
export const versionSchema = z
  .string()
  .max(64)
  .regex(/^v?\d{1,6}(\.\d{1,6}){0,3}[\w.+-]{0,32}$/);

/** Id of an AgentOS, as its tokens name it: nothing in it that nobody sees, or that no database holds. */
export const osIdSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);

export const switchesSchema = z
  .object({
    /** *Authorization (JWT)*. */
    authorization: z.boolean(),
    /** *Security key*. */
    security_key: z.boolean(),
  })
  .meta({ id: "Switches" });

/** What is left out stays as it is: whoever touches one switch says nothing of the other. */
export const switchesInputSchema = z.strictObject({
  authorization: z.boolean().optional(),
  security_key: z.boolean().optional(),
});

/** How something was seen: `unknown` where nobody has looked, or it could not be told. */
const seenSchema = z.enum(["on", "off", "unknown"]);

/** By which of the two an instance is guarded from then on, or that it is upgraded first. */
export const WAYS_OUT = ["authorization-only", "security-key-only", "upgrade"] as const;

/** One thing that does not fit, by the code of its cause. */
export const instanceFindingSchema = z
  .object({
    code: z.string(),
    certainty: z.enum(["certain", "likely", "cannot tell"]),
    title: z.string(),
    /** What was seen that speaks for it. */
    evidence: z.array(z.object({ fact: z.string(), source: z.string() })),
    fix: z.string(),
    /** A line to paste into a shell, where the fix is one. */
    command: z.string().nullable(),
    /** With a refusal for scopes: all that the request needs. */
    required_scopes: z.array(z.string()).optional(),
    /** Those of them that are lacking: in the role, or in the token that leaves them out. */
    missing_scopes: z.array(z.string()).optional(),
    /** Ways out, where there are several. */
    choices: z.array(
      z.object({
        id: z.enum(WAYS_OUT),
        title: z.string(),
        steps: z.array(z.string()),
        is_preferred: z.boolean(),
      }),
    ),
  })
  .meta({ id: "InstanceFinding" });

/** What was seen of an instance. */
export const observationSchema = z
  .object({
    at: timeSchema,
    /** `browser`: said by the console of a member; `policy`: read from the instance by the control plane. */
    source: z.enum(["browser", "policy"]),
    is_reachable: z.boolean(),
    /** `jwt`, `security_key` and so on; null where it does not say. */
    mode: z.string().nullable(),
    authorization: seenSchema,
    security_key: seenSchema,
    version: z.string().nullable(),
    os_id: z.string().nullable(),
    /** Thumbprints of the keys that it has loaded; null where that is not known. */
    thumbprints: z.array(z.string()).nullable(),
  })
  .meta({ id: "Observation" });

export const instanceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Null while it is a draft without one. */
    endpoint: z.string().nullable(),
    environment: z.enum(ENVIRONMENTS),
    tags: z.array(z.string()),
    /** Not connected yet: only who made it sees it. */
    is_draft: z.boolean(),
    /** Id of the AgentOS, which its tokens name as their audience. */
    os_id: z.string().nullable(),
    desired: switchesSchema,
    /** Newest of each source. */
    observed: observationSchema.nullable(),
    /** As the instance reports it, else as a person has stated it. */
    version: z.string().nullable(),
    version_source: z.enum(["reported", "stated", "unknown"]),
    /** Our own server: it has a policy route and takes revocations. Null: not known. */
    is_ours: z.boolean().nullable(),
    findings: z.array(instanceFindingSchema),
    created_at: timeSchema,
    created_by: z.string().nullable(),
    /** Grows with each change: of two answers, the one with the smaller is the older. A look moves `observed.at` alone. */
    updated_at: timeSchema,
  })
  .meta({ id: "Instance" });

export type InstanceObject = z.infer<typeof instanceSchema>;

export const instanceListSchema = z.object({ data: z.array(instanceSchema) });

export const newInstanceSchema = z.strictObject({
  name: nameSchema,
  endpoint: endpointSchema.optional(),
  environment: z.enum(ENVIRONMENTS).default("local"),
  tags: tagsSchema.default([]),
  stated_version: versionSchema.optional(),
});

export const changedInstanceSchema = z.strictObject({
  name: nameSchema.optional(),
  /** Another endpoint is another trust: it gets a key pair of its own. */
  endpoint: endpointSchema.optional(),
  environment: z.enum(ENVIRONMENTS).optional(),
  tags: tagsSchema.optional(),
  /** For an AgentOS that reports none; null takes it back. */
  stated_version: versionSchema.nullable().optional(),
  os_id: osIdSchema.optional(),
});

/** What the console's probe has seen of an instance: facts of this browser, bounded, and none of them trusted. */
export const probeSchema = z.strictObject({
  /** Where it has looked: a page that is open may know the endpoint of before. */
  endpoint: endpointSchema,
  /** What the browser could do at all; `unknown` for what it does not tell apart. */
  outcome: z.enum([
    "answered",
    "unreachable",
    "cors-refused",
    "mixed-content",
    "local-network-refused",
    "timed-out",
  ]),
  /** Answers of the routes that were asked, by route. */
  answers: z
    .array(
      z.strictObject({
        route: z.enum(["GET /health", "GET /info", "GET /config", "GET /agents"]),
        status: z.int().min(100).max(599),
        /** The body, where it is JSON, cut: its words. */
        body: z.record(z.string(), z.unknown()).optional(),
        /** What was sent with it. */
        credential: z.enum(["none", "minted", "security-key"]).default("none"),
      }),
    )
    .max(12)
    .default([]),
});

export const configurationSchema = z
  .object({
    /** For a shell: lines to set and to unset, in their order, comments among them. */
    shell: z.array(z.string()),
    /** The same as a `.env` file has it. */
    dotenv: z.array(z.string()),
    /** What the lines cannot say, and last that the instance has to be started again. */
    steps: z.array(z.string()),
    /** What follows from the switches that somebody should know first. */
    warning: z.string().nullable(),
  })
  .meta({ id: "InstanceConfiguration" });
