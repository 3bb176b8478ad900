/** What every counter of decisions must do. Called by the test of each driver. */
import {
  type CompiledRoute,
  compileRoutes,
  createOwner,
  type DataScope,
  type OwnerParts,
} from "@agentos/auth";
import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import {
  type CountedDecision,
  type DecisionCounter,
  type DecisionQuery,
  MORE,
  NO_ROUTE,
  NOBODY,
  OTHERS,
} from "./decision-counter.ts";

const [listRoute, itemRoute, authenticatedRoute] = compileRoutes(
  {
    list: { method: "GET", path: "/agents", access: ["agents:read"] },
    item: {
      method: "POST",
      path: "/agents/{agent_id}/runs",
      access: ["agents:run"],
      items: { agents: "agent_id" },
    },
    authenticated: { method: "GET", path: "/things/{thing_id}", access: "authenticated" },
  },
  { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false },
).routes as [CompiledRoute, CompiledRoute, CompiledRoute];

const alice = createOwner("corp", "alice");

export const allowed: CountedDecision = {
  owner: alice,
  route: listRoute,
  parameters: {},
  outcome: "allowed",
};

const all: DataScope = { kind: "all" };
const of = (id: string, issuer = "corp"): DataScope => ({ kind: "user", owner: createOwner(issuer, id) });

export interface CounterOptions {
  readonly now: () => number;
  readonly hourRows?: number;
  readonly ownerRows?: number;
}

export function decisionCounterSuite(
  name: string,
  create: (options: CounterOptions) => DecisionCounter,
): void {
  const HOUR = 3_600;
  const start = (options: Partial<CounterOptions> = {}) => create({ now: () => HOUR + 1, ...options });
  const read = async (
    counter: DecisionCounter,
    { whose = all, ...query }: Partial<DecisionQuery> & { readonly whose?: DataScope } = {},
  ) => (await counter.list(whose, { limit: 1_000, ...query })).counts;

  describe(`${name}, as a counter of decisions`, () => {
    it("adds up equal decisions of an hour, and begins anew with the next", async () => {
      let now = HOUR;
      const counter = start({ now: () => now });
      counter.count(allowed);
      now = 2 * HOUR - 1;
      counter.count(allowed);
      now = 2 * HOUR;
      counter.count(allowed);
      const row = { owner: { ...alice }, route: "GET /agents", resource: "", outcome: "allowed" };
      expect(await read(counter)).toEqual([
        { ...row, hour: 2 * HOUR, count: 1 },
        { ...row, hour: HOUR, count: 2 },
      ]);
      counter.count(allowed);
      expect((await read(counter)).map(({ count }) => count)).toEqual([2, 2]);
    });

    it("tells owner, route, item and outcome apart", async () => {
      const counter = start();
      const run: CountedDecision = { ...allowed, route: itemRoute, parameters: { agent_id: "a1" } };
      for (const decision of [
        allowed,
        { ...allowed, owner: createOwner("partner", "alice") },
        { ...allowed, owner: { ...alice, kind: "claimed" } },
        { ...allowed, owner: createOwner("corp", "ali\0ce") },
        { ...allowed, outcome: "SCOPE_MISSING" },
        run,
        { ...run, parameters: { agent_id: "a2\u0000:x" } },
        { ...run, outcome: "SCOPE_OTHER_RESOURCE" },
        // Another object of the same name is the same owner.
        { ...run, owner: { ...alice } },
      ] as const)
        counter.count(decision);
      const rows = await read(counter);
      expect(rows.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
      expect(
        rows
          .filter(({ route }) => route !== "GET /agents")
          .map((row) => row.resource)
          .toSorted(),
      ).toEqual(["agents:a1", "agents:a1", "agents:a2\u0000:x"]);
      expect(rows[0]).toMatchObject({
        owner: { ...alice },
        resource: "agents:a1",
        outcome: "allowed",
        count: 2,
      });
    });

    it("keeps no token that stands where an id should", async () => {
      const counter = start();
      const run: CountedDecision = { ...allowed, route: itemRoute };
      for (const agent_id of [TOKEN_SHAPED, `agno_pat_${"a".repeat(43)}`, `x${TOKEN_SHAPED}`])
        counter.count({ ...run, parameters: { agent_id } });
      const rows = await read(counter);
      expect(rows.map(({ route, resource, count }) => [route, resource, count])).toEqual([[MORE, "", 3]]);
      expect(JSON.stringify(rows)).not.toMatch(/eyJ|agno_pat_/);
    });

    it("names no item for strangers, whatever they write into a path, nor where no scope is about one", async () => {
      const counter = start();
      for (let n = 0; n < 50; n += 1) {
        const parameters = { agent_id: `made-up-${n}`, thing_id: `made-up-${n}` };
        counter.count({ owner: undefined, route: itemRoute, parameters, outcome: "AUTH_HEADER_MISSING" });
        counter.count({ owner: undefined, route: undefined, parameters, outcome: "AUTH_HEADER_MISSING" });
        counter.count({ ...allowed, route: authenticatedRoute, parameters });
      }
      const rows = await read(counter);
      expect(rows.map(({ owner, route, resource, count }) => [owner, route, resource, count])).toEqual(
        expect.arrayContaining([
          [NOBODY, "POST /agents/{agent_id}/runs", "", 50],
          [NOBODY, NO_ROUTE, "", 50],
          [{ ...alice }, "GET /things/{thing_id}", "", 50],
        ]),
      );
      expect(rows).toHaveLength(3);
    });

    it("counts in one row what an owner has no room for, and leaves the room of the others", async () => {
      const counter = start({ ownerRows: 10 });
      for (let n = 0; n < 100; n += 1)
        counter.count({ ...allowed, route: itemRoute, parameters: { agent_id: `a${n}` } });
      counter.count({ ...allowed, route: itemRoute, parameters: { agent_id: "x".repeat(10_000) } });
      counter.count({ ...allowed, owner: createOwner("corp", "bob") });
      const rows = await read(counter, { whose: of("alice") });
      expect(rows).toHaveLength(11);
      expect(rows[0]).toMatchObject({ route: MORE, resource: "", outcome: "allowed", count: 91 });
      expect(await read(counter, { whose: of("bob") })).toMatchObject([{ route: "GET /agents", count: 1 }]);
    });

    it("counts together whom an hour has no room for, and makes room with the next", async () => {
      let now = HOUR;
      const counter = start({ hourRows: 20, now: () => now });
      const countAll = () => {
        for (let n = 0; n < 100; n += 1) counter.count({ ...allowed, owner: createOwner("corp", `u${n}`) });
      };
      countAll();
      const rows = await read(counter);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(100);
      expect(rows.length).toBeLessThanOrEqual(20);
      expect(rows[0]).toMatchObject({ owner: OTHERS, route: MORE, outcome: "allowed" });
      now = 2 * HOUR;
      counter.count({ ...allowed, owner: createOwner("corp", "u99") });
      expect(await read(counter, { since: now })).toMatchObject([{ owner: { id: "u99" }, count: 1 }]);
    });

    it("takes a name that is too long for nobody's", async () => {
      const counter = start();
      const long: OwnerParts = createOwner("corp", "x".repeat(5_000));
      counter.count({ ...allowed, owner: long });
      expect(await read(counter)).toMatchObject([{ owner: NOBODY, count: 1 }]);
    });

    it("shows an owner their own, and nobody what has no owner", async () => {
      const counter = start();
      counter.count(allowed);
      counter.count({ ...allowed, owner: createOwner("partner", "alice") });
      counter.count({ ...allowed, owner: undefined, outcome: "AUTH_HEADER_MISSING" });
      counter.count({ ...allowed, owner: createOwner("corp", undefined) });
      expect(await read(counter, { whose: of("alice") })).toMatchObject([{ owner: { ...alice }, count: 1 }]);
      for (const whose of [of("bob"), of(""), { kind: "none" } as const])
        expect(await counter.list(whose, { limit: 10 })).toEqual({ counts: [], totalCount: 0 });
      expect(await read(counter)).toHaveLength(4);
    });

    it("lists by time, route, item and outcome, in parts", async () => {
      let now = HOUR;
      const counter = start({ now: () => now });
      counter.count(allowed);
      counter.count({ ...allowed, outcome: "SCOPE_MISSING" });
      now = 3 * HOUR;
      counter.count({ ...allowed, route: itemRoute, parameters: { agent_id: "a1" } });
      const hours = async (query: Partial<DecisionQuery>) =>
        (await read(counter, query)).map(({ hour }) => hour / HOUR);
      expect(await hours({})).toEqual([3, 1, 1]);
      expect(await hours({ since: HOUR + 1 })).toEqual([3]);
      expect(await hours({ until: HOUR })).toEqual([]);
      expect(await hours({ until: HOUR + 1 })).toEqual([1, 1]);
      expect(await hours({ route: "GET /agents" })).toEqual([1, 1]);
      expect(await hours({ resource: "agents:a1" })).toEqual([3]);
      expect(await hours({ outcome: "SCOPE_MISSING" })).toEqual([1]);
      const { counts, totalCount } = await counter.list(all, { limit: 1, offset: 1 });
      expect([counts.map(({ hour }) => hour), totalCount]).toEqual([[HOUR], 3]);
    });
  });
}
