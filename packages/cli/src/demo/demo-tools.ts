/** Tools for demos and for the JSON configuration, where they are named by string. They touch nothing outside. */
import { type Tool, ToolError, tool } from "@agentos/server";
import { z } from "zod";

const ORDERS: Readonly<Record<string, { readonly status: string; readonly total: number }>> = {
  "A-1001": { status: "delivered", total: 42.5 },
  "A-1002": { status: "shipped", total: 17.99 },
  "A-1003": { status: "cancelled", total: 8 },
};

const orderId = z.string().describe("Number of the order, such as A-1001");

const getTime = tool({
  name: "get_time",
  description: "The time now, in UTC",
  parameters: z.object({}),
  execute: (_, { clock }) => new Date(clock.now() * 1_000).toISOString(),
});

const addNumbers = tool({
  name: "add_numbers",
  description: "Adds two numbers",
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

const lookupOrder = tool({
  name: "lookup_order",
  description: "Status and total of an order",
  parameters: z.object({ order_id: orderId }),
  execute: ({ order_id }) => ({ order_id, ...findOrder(order_id) }),
});

const refundOrder = tool({
  name: "refund_order",
  description: "Refunds an order; a person has to confirm it first",
  parameters: z.object({ order_id: orderId }),
  requiresConfirmation: true,
  execute: ({ order_id }) => ({ order_id, refunded: findOrder(order_id).total }),
});

const whoAmI = tool({
  name: "who_am_i",
  description: "The user that this run acts for, the issuer that names it, and its scopes",
  parameters: z.object({}),
  execute: (_, { userId, caller }) => ({
    user_id: userId ?? null,
    issuer: caller.issuer,
    scopes: caller.scopes,
  }),
});

function findOrder(id: string) {
  const order = Object.hasOwn(ORDERS, id) ? ORDERS[id] : undefined;
  if (order === undefined) throw new ToolError(`There is no order ${id}`);
  return order;
}

/** By name. */
export const DEMO_TOOLS: Readonly<Record<string, Tool>> = Object.freeze(
  Object.fromEntries(
    [getTime, addNumbers, lookupOrder, refundOrder, whoAmI].map((entry) => [entry.name, entry]),
  ),
);

/** The names that the JSON configuration knows. */
export const DEMO_TOOL_NAMES: readonly string[] = Object.freeze(Object.keys(DEMO_TOOLS));
