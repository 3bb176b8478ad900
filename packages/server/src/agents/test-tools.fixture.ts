/** Small tools for tests: one of each kind that a run treats in its own way. */
import { z } from "zod";
import { type Tool, ToolError, tool } from "./define-tool.ts";

const order = z.object({ order_id: z.string() });

export const TEST_TOOLS: readonly Tool[] = [
  tool({
    name: "add_numbers",
    description: "Answers",
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  }),
  tool({
    name: "lookup_order",
    description: "Fails with words for the caller",
    parameters: order,
    execute: ({ order_id }) => {
      throw new ToolError(`There is no order ${order_id}`);
    },
  }),
  tool({
    name: "refund_order",
    description: "Waits for a person",
    parameters: order,
    requiresConfirmation: true,
    execute: ({ order_id }) => order_id,
  }),
  tool({ name: "get_time", description: "Needs nothing", parameters: z.object({}), execute: () => "noon" }),
  tool({
    name: "who_am_i",
    description: "Knows its caller",
    parameters: z.object({}),
    execute: (_, { userId, caller }) => ({ user_id: userId ?? null, scopes: caller.scopes }),
  }),
];
