/** A workflow as `GET /workflows/{id}` will show it (contract 4.4). Keys without a value are left out. */
import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { jsonObjectSchema } from "./message.ts";

const { id, name, db_id, description, input_schema, metadata } = agentSchema.shape;
const { is_factory, factory_input_schema, is_component, current_version, stage } = agentSchema.shape;

/** A workflow. */
export const workflowSchema = z
  .object({
    id,
    name,
    db_id,
    description,
    input_schema,
    /** What it does, in its order. */
    steps: z.array(jsonObjectSchema),
    agent: jsonObjectSchema.optional(),
    team: jsonObjectSchema.optional(),
    metadata,
    /** An agent decides which step comes next. */
    workflow_agent: z.boolean(),
    is_factory,
    factory_input_schema,
    is_component,
    current_version,
    stage,
  })
  .meta({ id: "Workflow" });

/** A workflow in `GET /workflows/{id}`. */
export type WorkflowObject = z.infer<typeof workflowSchema>;
