import { describe, expect, it } from "vitest";
import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { RUNNABLE_KINDS } from "./kinds.ts";
import { toolExecutionSchema } from "./message.ts";
import { runEventSchema, teamRunEventSchema } from "./run-events.ts";
import { RUN_FORM_FIELDS, runFormSchema, runJsonSchema } from "./run-form.ts";
import { runOutputSchema, teamRunOutputSchema } from "./run-output.ts";
import { teamSchema } from "./team.ts";
import { workflowSchema } from "./workflow.ts";

describe("wire schemas", () => {
  const schemas = {
    agentSchema,
    teamSchema,
    workflowSchema,
    runEventSchema,
    teamRunEventSchema,
    runFormSchema,
    runJsonSchema,
    runOutputSchema,
    teamRunOutputSchema,
  };

  it.each(Object.entries(schemas))("%s can be written as JSON schema, for OpenAPI", (_, schema) => {
    expect(z.toJSONSchema(schema, { io: "input" })).toHaveProperty("$schema");
  });

  it("describe the same form fields as the allow-list", () => {
    expect(Object.keys(runFormSchema.shape).toSorted()).toEqual(Object.keys(RUN_FORM_FIELDS).toSorted());
    expect([...Object.keys(runJsonSchema.shape), "files"].toSorted()).toEqual(
      Object.keys(RUN_FORM_FIELDS).toSorted(),
    );
    expect(RUN_FORM_FIELDS).not.toHaveProperty("run_id");
  });

  it.each([
    ["agent", runEventSchema],
    ["team", teamRunEventSchema],
  ] as const)(
    "name the events of a kind (%s) by its table, and put tools and content before what the event adds (contract 5.2)",
    (kind, schema) => {
      const { idKey, nameKey, eventPrefix } = RUNNABLE_KINDS[kind];
      for (const { shape } of schema.options) {
        const names = Object.keys(shape);
        expect(names.slice(0, 5)).toEqual(["created_at", "event", idKey, nameKey, "run_id"]);
        const own = names.slice(names.indexOf("nested_depth") + 1);
        if (own.includes("tools")) expect(own.indexOf("tools")).toBe(0);
        if (own.includes("content")) expect(own.indexOf("content")).toBe(own.includes("tools") ? 1 : 0);
        expect(names).not.toContain("data");
        expect(shape.event.value.startsWith(eventPrefix)).toBe(true);
      }
    },
  );

  it("give a team the agent's events and output, under other names", () => {
    const agentNames = runEventSchema.options.map(({ shape }) => `Team${shape.event.value}`);
    expect(teamRunEventSchema.options.map(({ shape }) => shape.event.value)).toEqual(agentNames);
    const keys = Object.keys(runOutputSchema.shape).map((key) => key.replace("agent_", "team_"));
    expect(Object.keys(teamRunOutputSchema.shape)).toEqual([...keys, "member_responses"]);
  });

  it("demand every key of a tool execution", () => {
    const keys = Object.keys(toolExecutionSchema.shape);
    expect(keys).toHaveLength(20);
    expect(toolExecutionSchema.safeParse({}).error?.issues.map((issue) => issue.path[0])).toEqual(keys);
  });
});
