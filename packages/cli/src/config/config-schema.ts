/**
 * The form of a JSON configuration. The options of authorization and of limits are the
 * server's own, so both can never differ.
 */
import {
  authorizationConfigSchema,
  corsSchema,
  filledText as text,
  trustedProxiesSchema,
} from "@agentos/guard/app";
import {
  databaseOptionsShape,
  limitsSchema,
  quickPromptsSchema,
  rememberingOptionsShape,
} from "@agentos/server";
import { z } from "zod";

const agentSchema = z.strictObject({
  id: text,
  name: text.optional(),
  model: text,
  /** For `offline:script`; judged by the agent itself. */
  script: z.unknown().optional(),
  instructions: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  quickPrompts: quickPromptsSchema.optional(),
  tools: z.array(text).optional(),
  ...rememberingOptionsShape,
});

const authorizationSchema = z.strictObject({
  ...authorizationConfigSchema.shape,
  /** False verifies tokens without enforcing scopes. Default true. */
  enabled: z.boolean().optional(),
});

export const configSchema = z.strictObject({
  id: text,
  name: text.optional(),
  description: z.string().optional(),
  // Each agent is judged by itself, so that one bad agent does not hide what is wrong with the next.
  agents: z.array(z.unknown()).optional(),
  teams: z.unknown().optional(),
  workflows: z.unknown().optional(),
  ...databaseOptionsShape,
  authorization: authorizationSchema.nullish(),
  securityKey: text.nullish(),
  cors: corsSchema.optional(),
  trustedProxies: trustedProxiesSchema.optional(),
  limits: limitsSchema.optional(),
});

const AGENT = '{ "id": "my-agent", "model": "offline:echo" }';

/** How the values of a file are written: keys by reference, tools by name. */
export const CONFIG_EXAMPLES: Readonly<Record<string, string>> = {
  agents: `[${AGENT}]`,
  "agents[]": AGENT,
  authorization: '{ "verificationKeys": ["file:agentos-public.pem"] }',
  limits: '{ "activeRuns": 500 }',
  databaseId: '"agentos"',
  deployment: '"my-agent"',
  directUrl: '"env:DATABASE_DIRECT_URL"',
  instructions: '"Be brief."',
  model: '"offline:echo"',
  retention: '{ "denialsDays": 30 }',
  securityKey: '"env:OS_SECURITY_KEY"',
  tools: '["get_time"]',
  "tools[]": '"get_time"',
  url: '"env:DATABASE_URL"',
  verificationKeys: '["file:agentos-public.pem"]',
  "verificationKeys[]": '"file:agentos-public.pem"',
};

export { agentSchema };
export type AgentConfig = z.output<typeof agentSchema>;
export type ConfigFile = z.output<typeof configSchema>;
