import {
  type AuthEngine,
  type CompiledRoute,
  compileRoutes,
  type Identity,
  ok,
  type Result,
  refuse,
} from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { createSocketGate } from "./socket-gate.ts";

const [socket, run] = compileRoutes(
  {
    socket: { method: "GET", path: "/ws", access: "authenticated" },
    run: { method: "POST", path: "/things/{id}", access: ["things:run"] },
  },
  { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false },
).routes as [CompiledRoute, CompiledRoute];
const identity = { kind: "user", userId: "alice", scopes: [], keyThumbprint: "t" } as unknown as Identity;
const request = { method: "GET", clientAddress: "203.0.113.7", header: () => null };

function createJudge(
  authenticated: Result<Identity>,
  authorize: AuthEngine["authorize"] = (who) =>
    ok({ identity: who, visible: "all", dataScope: { kind: "all" }, decision: undefined }),
) {
  const keys: string[] = [];
  const { createJudge: create } = createSocketGate({
    engine: {
      anonymous: { identity, visible: "all", dataScope: { kind: "all" }, decision: undefined },
      mayReach: () => true,
      isPublic: () => false,
      authenticate: () => authenticated,
      readmit: ok,
      authorize,
    },
    recorder: {
      record: () => "den_1",
      find: async () => undefined,
      list: async () => ({ records: [], totalCount: 0 }),
      count: async () => ({ groups: [], totalCount: 0 }),
    },
    decisions: { count: () => undefined },
    keyCounter: { count: (key) => void keys.push(key) },
    judge: () => undefined,
    now: () => 1_800_000_000,
    cliCommand: "npx agentos",
    notConfigured: new Set(),
    policy: { credentialLocations: [{ in: "header", name: "authorization" }] } as never,
    route: socket,
    connections: { add: () => () => undefined },
  });
  return { judge: create(request), keys };
}

describe("the key of a credential over a WebSocket", () => {
  it("is counted whenever the credential is verified, whatever is done with it", async () => {
    const { judge, keys } = createJudge(ok(identity));
    await judge.authenticate("token");
    expect(keys).toEqual(["t"]);
    // An action is one use: its credential has been verified for it.
    await judge.authenticate("token");
    judge.authorize(identity, { action: "run", route: run, parameters: { id: "x" } });
    expect(keys).toEqual(["t", "t"]);
  });

  it("is counted where its caller may not open the socket, and not where nobody is verified", async () => {
    const without = createJudge(ok(identity), () => refuse("SCOPE_MISSING"));
    await without.judge.authenticate("token");
    expect(without.keys).toEqual(["t"]);
    const unknown = createJudge(refuse("AUTH_SIGNATURE_INVALID"));
    await unknown.judge.authenticate("token");
    expect(unknown.keys).toEqual([]);
  });
});
