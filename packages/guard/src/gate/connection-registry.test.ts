import { compileRoutes, refuse } from "@agentos/auth";
import { createTestLogger } from "@agentos/testkit";
import { expect, it, vi } from "vitest";
import { createConnectionRegistry, type OpenConnection } from "./connection-registry.ts";

const [route] = compileRoutes(
  { stream: { method: "GET", path: "/stream", access: "authenticated" } },
  { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false },
).routes;

function connectionOf(userId: string): OpenConnection & { readonly end: ReturnType<typeof vi.fn> } {
  const identity = { userId, issuer: "default" };
  return { identity, route, parameters: {}, end: vi.fn<() => void>() } as never;
}

it("ends what is not allowed any more, once, with one line for each", () => {
  const logger = createTestLogger();
  const registry = createConnectionRegistry(logger);
  const revoked = new Set<string | undefined>();
  registry.judgeBy(({ identity }) =>
    revoked.has(identity.userId) ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined,
  );
  const [alice, bob] = [connectionOf("alice"), connectionOf("bob")];
  const leave = registry.add(alice);
  registry.add(bob);
  expect([registry.judgeAgain(), registry.size]).toEqual([0, 2]);
  revoked.add("alice");
  expect([registry.judgeAgain(), registry.judgeAgain(), registry.size]).toEqual([1, 0, 1]);
  expect(alice.end.mock.calls).toEqual([[refuse("AUTH_CREDENTIAL_REVOKED").fault]]);
  expect(bob.end).not.toHaveBeenCalled();
  leave();
  expect(registry.size).toBe(1);
  expect(logger.entries).toMatchObject([
    {
      level: "warn",
      facts: { code: "AUTH_CREDENTIAL_REVOKED", route: "GET /stream", subject: "alice", issuer: "default" },
    },
  ]);
});

it("judges what opens at once, and what is open by each new judgement", () => {
  const registry = createConnectionRegistry(createTestLogger());
  const early = connectionOf("alice");
  registry.add(early);
  expect(registry.judgeBy(() => refuse("AUTH_KEY_UNKNOWN").fault)).toBe(1);
  const late = connectionOf("alice");
  registry.add(late);
  for (const { end } of [early, late]) expect(end).toHaveBeenCalledOnce();
  expect(registry.size).toBe(0);
});

it("lets an end close others", () => {
  const registry = createConnectionRegistry(createTestLogger());
  const second = connectionOf("bob");
  const leaving: (() => void)[] = [];
  const first: OpenConnection = { ...connectionOf("alice"), end: () => leaving.forEach((leave) => leave()) };
  registry.add(first);
  leaving.push(registry.add(second));
  expect(registry.judgeBy(() => refuse("AUTH_KEY_UNKNOWN").fault)).toBe(1);
  expect(second.end).not.toHaveBeenCalled();
});

it("ends what cannot be judged, and goes on with the others", () => {
  const logger = createTestLogger();
  const registry = createConnectionRegistry(logger);
  const connections = ["alice", "bob", "carol"].map(connectionOf);
  for (const connection of connections) registry.add(connection);
  connections[1]?.end.mockImplementation(() => {
    throw new Error("it has no end");
  });
  const judge = ({ identity }: { readonly identity: { readonly userId?: string | undefined } }) => {
    if (identity.userId === "alice") throw new Error("a fault of ours");
    return refuse("AUTH_KEY_UNKNOWN").fault;
  };
  expect([registry.judgeBy(judge), registry.size]).toEqual([3, 0]);
  expect(connections.map(({ end }) => end.mock.calls[0])).toMatchObject([
    [{ code: "AUTH_REVOCATION_UNKNOWN" }],
    [{ code: "AUTH_KEY_UNKNOWN" }],
    [{ code: "AUTH_KEY_UNKNOWN" }],
  ]);
  expect(logger.entries.filter(({ level }) => level === "error")).toHaveLength(2);
});
