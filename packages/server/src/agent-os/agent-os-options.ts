/** Options of `new AgentOS(...)`: checked once, unknown ones refused, every fault at once. */
import type { CustomRouteDefinition } from "@agentos/contract";
import type { DenialRecorder, Logger } from "@agentos/guard";
import { type AuthOptions } from "@agentos/guard";
import type { OptionSource, RouteHandler } from "@agentos/guard/app";
import { authOptionsShape } from "@agentos/guard/app";
import { z } from "zod";
import type { Runnable } from "../runs/runnable.ts";

/** A route of the embedding application, under the same guard as ours. */
export type CustomRoute = CustomRouteDefinition & { readonly handler: RouteHandler };

/** Options of `new AgentOS`. It keeps a copy: what becomes of the object afterwards changes nothing. */
export interface AgentOSOptions extends AuthOptions {
  /** Name for people, in `/info` and the API reference. Default none. */
  readonly name?: string | undefined;
  /** What this server is for, in `/config` and the API reference. Default none. */
  readonly description?: string | undefined;
  /** Agents to serve, each with an id of its own. Default none. */
  readonly agents?: readonly Runnable<"agent">[] | undefined;
  /** Routes of the application, under the same guard; each declares its `access`. Default none. */
  readonly routes?: readonly CustomRoute[] | undefined;
  /** Storage arrives with a later release. Default: runs are kept in memory. */
  readonly database?: null | undefined;
  /** Where the operator reads. Default: JSON lines on standard error, credentials replaced. */
  readonly logger?: Logger | undefined;
  /** Where refusals are kept. Default: bounded memory. */
  readonly denialRecorder?: DenialRecorder | undefined;
}

const isObjectWith = (name: string) => (value: unknown) =>
  typeof value === "object" && value !== null && name in value;

const isAgent = (value: unknown) =>
  isObjectWith("run")(value) && (value as { readonly kind?: unknown }).kind === "agent";

const customRouteSchema = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path: z.string().regex(/^\/[^\s?#]*$/, "must begin with a slash"),
    access: z
      .union([z.literal("public"), z.literal("authenticated"), z.array(z.string()).min(1).readonly()])
      .optional(),
    resource: z.enum(["agents", "teams", "workflows"]).optional(),
    isListing: z.boolean().optional(),
    isOwned: z.boolean().optional(),
    tag: z.string().optional(),
    summary: z.string().optional(),
    handler: z.custom<RouteHandler>((value) => typeof value === "function", "must be a function"),
  })
  // The checks above amount to this type, but for a missing "access": that is a fault of its own.
  .transform((route) => Object.freeze(route) as CustomRoute);

/**
 * Parses into a copy, so that nothing the caller does to its options afterwards changes the server. Only what is alive
 * stays the caller's own: agents, handlers, logger, recorder.
 */
export const agentOSOptionsSchema = z
  .strictObject({
    ...authOptionsShape,
    name: z.string().min(1).optional(),
    description: z.string().optional(),
    agents: z
      .array(z.custom<Runnable<"agent">>(isAgent, "is no agent: pass `new Agent({ … })`"))
      .readonly()
      .optional(),
    routes: z.array(customRouteSchema).readonly().optional(),
    database: z
      .null("storage arrives with the state release; leave it out or null: runs are kept in memory")
      .optional(),
    logger: z.custom<Logger>(isObjectWith("warn"), "must have info, warn and error").optional(),
    denialRecorder: z
      .custom<DenialRecorder>(isObjectWith("record"), "must have record, find and list")
      .optional(),
  })
  .readonly();

/** For the faults of these options. */
export const agentOSOptionSource: OptionSource = {
  schema: agentOSOptionsSchema,
  arriving: {
    teams: "teams arrive with the runtime release",
    workflows: "workflows arrive with the runtime release",
    databaseId: "storage arrives with the state release",
  },
};
