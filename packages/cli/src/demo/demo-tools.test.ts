import { compileGrants, createOwner } from "@agentos/auth";
import type { ToolContext } from "@agentos/server";
import { describe, expect, it } from "vitest";
import { DEMO_TOOL_NAMES, DEMO_TOOLS } from "./demo-tools.ts";

const scopes = ["agents:run"];
const context: ToolContext = {
  runId: "run-1",
  sessionId: "session-1",
  userId: "alice",
  caller: {
    kind: "user",
    issuer: "default",
    owner: createOwner("default", "alice"),
    userId: "alice",
    subject: "alice",
    sessionId: undefined,
    scopes,
    grants: compileGrants(scopes, "agent_os:admin"),
    claims: {},
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
  },
  signal: new AbortController().signal,
  sessionState: {},
  dependencies: {},
  metadata: {},
  clock: { now: () => 1_795_000_000.5 },
  logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
};

describe("demo tools", () => {
  it("are listed by name, and one asks for confirmation", () => {
    expect(DEMO_TOOL_NAMES).toEqual(["get_time", "add_numbers", "lookup_order", "refund_order", "who_am_i"]);
    expect(DEMO_TOOL_NAMES.filter((name) => DEMO_TOOLS[name]?.requiresConfirmation)).toEqual([
      "refund_order",
    ]);
  });

  it.each([
    ["get_time", {}, "2026-11-18T11:06:40.500Z"],
    ["add_numbers", { a: 2, b: 0.5 }, 2.5],
    ["lookup_order", { order_id: "A-1001" }, { order_id: "A-1001", status: "delivered", total: 42.5 }],
    ["refund_order", { order_id: "A-1002" }, { order_id: "A-1002", refunded: 17.99 }],
    ["who_am_i", {}, { user_id: "alice", issuer: "default", scopes: ["agents:run"] }],
  ])("%s(%j) gives %j", async (name, args, result) => {
    expect(await DEMO_TOOLS[name]?.call(args, context)).toEqual(result);
  });

  it("look up nothing but orders", async () => {
    await expect(DEMO_TOOLS["lookup_order"]?.call({ order_id: "constructor" }, context)).rejects.toThrow(
      "There is no order constructor",
    );
  });
});
