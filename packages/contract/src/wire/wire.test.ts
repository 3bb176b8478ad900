import { describe, expect, it } from "vitest";
import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { toolExecutionSchema } from "./message.ts";
import { runEventSchema } from "./run-events.ts";
import { RUN_FORM_FIELDS, runFormSchema } from "./run-form.ts";
import { runOutputSchema } from "./run-output.ts";

describe("wire schemas", () => {
  it.each(Object.entries({ agentSchema, runEventSchema, runFormSchema, runOutputSchema }))(
    "%s can be written as JSON schema, for OpenAPI",
    (_, schema) => {
      expect(z.toJSONSchema(schema, { io: "input" })).toHaveProperty("$schema");
    },
  );

  it("describe the same form fields as the allow-list", () => {
    expect(Object.keys(runFormSchema.shape).toSorted()).toEqual(Object.keys(RUN_FORM_FIELDS).toSorted());
    expect(RUN_FORM_FIELDS).not.toHaveProperty("run_id");
  });

  it("put tools and content of an event before what the event adds (contract 5.2)", () => {
    const keys = runEventSchema.options.map((option) => Object.keys(option.shape));
    for (const names of keys) {
      expect(names.slice(0, 5)).toEqual(["created_at", "event", "agent_id", "agent_name", "run_id"]);
      const own = names.slice(names.indexOf("nested_depth") + 1);
      if (own.includes("tools")) expect(own.indexOf("tools")).toBe(0);
      if (own.includes("content")) expect(own.indexOf("content")).toBe(own.includes("tools") ? 1 : 0);
      expect(names).not.toContain("data");
    }
  });

  it("demand every key of a tool execution", () => {
    const keys = Object.keys(toolExecutionSchema.shape);
    expect(keys).toHaveLength(20);
    expect(toolExecutionSchema.safeParse({}).error?.issues.map((issue) => issue.path[0])).toEqual(keys);
  });
});
