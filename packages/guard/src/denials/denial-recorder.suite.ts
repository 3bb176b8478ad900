/** What every denial recorder must do. Called by the test of each driver. */
import { createOwner, type DataScope } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import type { Denial, DenialCountQuery, DenialQuery, DenialRecorder } from "./denial-recorder.ts";

/** Refused before the caller was known. */
export const stranger: Denial = {
  code: "AUTH_SIGNATURE_INVALID",
  time: 1_000,
  route: "GET /agents",
  client: "203.0.113.7",
  subject: undefined,
  timeline: [],
  facts: {},
  fix: "sign it",
};
/** Refused although the caller was known. */
export const known: Denial = {
  ...stranger,
  code: "SCOPE_MISSING",
  subject: "alice",
  issuer: "default",
  owner: createOwner("default", "alice"),
  fix: "add a scope",
};

/** Who reads everything. */
export const all: DataScope = { kind: "all" };
/** Who reads the refusals of one user. */
export const of = (id: string, issuer = "default"): DataScope => ({
  kind: "user",
  owner: createOwner(issuer, id),
});

/** Every recorder is an empty one, at a time of few thousand seconds. */
export function denialRecorderSuite(name: string, create: () => DenialRecorder): void {
  describe(`${name}, as a denial recorder`, () => {
    it("finds a record by the id that its refusal carries", async () => {
      const recorder = create();
      const id = recorder.record(known);
      expect(await recorder.find(id, all)).toEqual({ ...known, id, count: 1, lastSeenAt: 1_000 });
      for (const other of [`${id}x`, "", "den_\0", "den_\ud800", "x".repeat(10_000)])
        expect(await recorder.find(other, all)).toBeUndefined();
    });

    it("lists newest first, up to a limit", async () => {
      const recorder = create();
      recorder.record({ ...known, time: 2_000, route: "b" });
      recorder.record({ ...stranger, time: 3_000 });
      recorder.record({ ...known, time: 1_000, route: "a" });
      const times = async (query: DenialQuery) => {
        const { records, totalCount } = await recorder.list(all, query);
        expect(totalCount).toBe(3);
        return records.map(({ lastSeenAt }) => lastSeenAt);
      };
      expect(await times({ limit: 10 })).toEqual([3_000, 2_000, 1_000]);
      expect(await times({ limit: 1 })).toEqual([3_000]);
      expect(await times({ limit: 1, offset: 1 })).toEqual([2_000]);
      expect(await times({ limit: 1, offset: 3 })).toEqual([]);
    });

    it("lists those of some codes, and those of a route", async () => {
      const recorder = create();
      recorder.record({ ...known, route: "a" });
      recorder.record({ ...known, route: "b" });
      recorder.record({ ...stranger, route: "a" });
      const find = async (query: Omit<DenialQuery, "limit">) => {
        const { records, totalCount } = await recorder.list(all, { limit: 10, ...query });
        expect(totalCount).toBe(records.length);
        return records.map(({ code, route }) => `${code} ${route}`).toSorted();
      };
      expect(await find({ route: "a" })).toEqual(["AUTH_SIGNATURE_INVALID a", "SCOPE_MISSING a"]);
      expect(await find({ codes: new Set(["SCOPE_MISSING"]) })).toEqual([
        "SCOPE_MISSING a",
        "SCOPE_MISSING b",
      ]);
      expect(await find({ codes: new Set(["SCOPE_MISSING"]), route: "a" })).toEqual(["SCOPE_MISSING a"]);
      expect(await find({ codes: new Set() })).toEqual([]);
    });

    it("shows a caller their own, and nobody what has no verified owner", async () => {
      const recorder = create();
      const mine = recorder.record(known);
      const foreign = [
        recorder.record({ ...known, subject: "bob", owner: createOwner("default", "bob") }),
        // Another issuer's user of the same name.
        recorder.record({ ...known, issuer: "partner", owner: createOwner("partner", "alice") }),
        // From the same address, before anybody was known.
        recorder.record(stranger),
        // A text that looks like the name, which nobody has verified to be theirs.
        recorder.record({ ...known, code: "AUTH_SUBJECT_FOREIGN", owner: undefined }),
        recorder.record({ ...known, route: "nobody", owner: createOwner("default", undefined) }),
        // What a client says of itself is a space of its own.
        recorder.record({
          ...known,
          route: "claimed",
          owner: { issuer: "default", kind: "claimed", id: "alice" },
        }),
      ];
      expect(await recorder.find(mine, of("alice"))).toMatchObject({ id: mine });
      for (const id of foreign) {
        expect(await recorder.find(id, of("alice"))).toBeUndefined();
        expect(await recorder.find(id, all)).toMatchObject({ id });
      }
      const { records, totalCount } = await recorder.list(of("alice"), { limit: 100 });
      expect([records.map(({ id }) => id), totalCount]).toEqual([[mine], 1]);
      expect((await recorder.list(all, { limit: 100 })).totalCount).toBe(7);
      for (const whose of [{ kind: "none" } as const, of("carol"), of("")]) {
        expect(await recorder.list(whose, { limit: 100 })).toEqual({ records: [], totalCount: 0 });
        expect(await recorder.find(mine, whose)).toBeUndefined();
      }
    });

    it("lists those of a client, those of a subject, and those of a time", async () => {
      const recorder = create();
      recorder.record({ ...known, time: 1_000 });
      recorder.record({ ...known, time: 2_000, subject: "bob\0\ud800", client: "198.51.100.1" });
      recorder.record({ ...stranger, time: 3_000.5, client: undefined });
      const times = async (query: Omit<DenialQuery, "limit">) => {
        const { records, totalCount } = await recorder.list(all, { limit: 10, ...query });
        expect(totalCount).toBe(records.length);
        return records.map(({ lastSeenAt }) => lastSeenAt);
      };
      expect(await times({ subject: "alice" })).toEqual([1_000]);
      expect(await times({ subject: "bob\0\ud800" })).toEqual([2_000]);
      expect(await times({ subject: "" })).toEqual([]);
      expect(await times({ client: "198.51.100.1" })).toEqual([2_000]);
      expect(await times({ client: "198.51.100.%" })).toEqual([]);
      expect(await times({ since: 2_000 })).toEqual([3_000.5, 2_000]);
      expect(await times({ until: 2_000 })).toEqual([1_000]);
      expect(await times({ since: 3_000, until: 3_001 })).toEqual([3_000.5]);
      expect(await times({ since: 1_500, subject: "alice" })).toEqual([]);
    });

    it("counts refusals and records by what they have in common, most first", async () => {
      const recorder = create();
      recorder.record({ ...known, time: 3_500 });
      recorder.record({ ...known, time: 3_600 });
      recorder.record({ ...known, time: 3_700, route: "b" });
      recorder.record({ ...stranger, time: 3_400, client: undefined });
      const countBy = async (query: Omit<DenialCountQuery, "limit">) =>
        (await recorder.count(all, { limit: 10, ...query })).groups.map(
          ({ value, count, recordCount, lastSeenAt }) => [value, count, recordCount, lastSeenAt],
        );
      expect(await countBy({ by: "code" })).toEqual([
        ["SCOPE_MISSING", 3, 2, 3_700],
        ["AUTH_SIGNATURE_INVALID", 1, 1, 3_400],
      ]);
      expect(await countBy({ by: "route" })).toEqual([
        ["GET /agents", 3, 2, 3_600],
        ["b", 1, 1, 3_700],
      ]);
      expect(await countBy({ by: "client" })).toEqual([
        ["203.0.113.7", 3, 2, 3_700],
        [undefined, 1, 1, 3_400],
      ]);
      expect(await countBy({ by: "subject" })).toEqual([
        ["alice", 3, 2, 3_700],
        [undefined, 1, 1, 3_400],
      ]);
      // The newest hour comes first, whatever there was of it.
      recorder.record({ ...stranger, time: 7_201, route: "c" });
      expect(await countBy({ by: "hour" })).toEqual([
        ["7200", 1, 1, 7_201],
        ["3600", 3, 2, 3_700],
        ["0", 1, 1, 3_400],
      ]);
      expect(await countBy({ by: "code", until: 3_700 })).toEqual([
        ["SCOPE_MISSING", 2, 1, 3_600],
        ["AUTH_SIGNATURE_INVALID", 1, 1, 3_400],
      ]);
      expect(await countBy({ by: "code", codes: new Set() })).toEqual([]);
      const page = await recorder.count(all, { by: "hour", limit: 1, offset: 1 });
      expect([page.groups.map(({ value }) => value), page.totalCount]).toEqual([["3600"], 3]);
      expect(await recorder.count(all, { by: "hour", limit: 1, offset: 3 })).toEqual({
        groups: [],
        totalCount: 3,
      });
    });

    it("counts for a caller their own, and for nobody nothing", async () => {
      const recorder = create();
      recorder.record(known);
      recorder.record({ ...known, owner: createOwner("partner", "alice") });
      recorder.record({ ...known, route: "nobody", owner: createOwner("default", undefined) });
      recorder.record(stranger);
      const { groups, totalCount } = await recorder.count(of("alice"), { by: "route", limit: 10 });
      expect([groups, totalCount]).toEqual([
        [{ value: "GET /agents", count: 1, recordCount: 1, lastSeenAt: 1_000 }],
        1,
      ]);
      for (const whose of [{ kind: "none" } as const, of("carol"), of("")])
        expect(await recorder.count(whose, { by: "code", limit: 10 })).toEqual({ groups: [], totalCount: 0 });
    });

    it("counts repeats up in one record, whose id every refusal carries", async () => {
      const recorder = create();
      const ids = [0, 1, 2].map((second) => recorder.record({ ...known, time: 1_000 + second }));
      expect(new Set(ids).size).toBe(1);
      expect((await recorder.list(all, { limit: 10 })).records).toMatchObject([
        { count: 3, time: 1_000, lastSeenAt: 1_002 },
      ]);
    });

    it("shows the facts of the newest repeat, since that is what the holder of the id asks about", async () => {
      const recorder = create();
      recorder.record({ ...known, facts: { n: 1 } });
      const id = recorder.record({ ...known, facts: { n: 2 }, fix: "newer" });
      expect(await recorder.find(id, all)).toMatchObject({ facts: { n: 2 }, fix: "newer" });
    });

    it("gives away nothing that can be changed, and nothing that changes", async () => {
      const recorder = create();
      const id = recorder.record(known);
      const found = await recorder.find(id, all);
      const [listed] = (await recorder.list(all, { limit: 1 })).records;
      recorder.record(known);
      expect([found?.count, listed?.count]).toEqual([1, 1]);
      expect((await recorder.find(id, all))?.count).toBe(2);
    });

    it.each<[string, Partial<Denial>]>([
      ["another code", { code: "AUTH_TOKEN_EXPIRED" }],
      ["another route", { route: "POST /agents/{agent_id}/runs" }],
      ["another subject", { subject: "bob" }],
      ["another issuer, whose subject is somebody else", { issuer: "partner" }],
      ["another owner, whatever the subject reads like", { owner: createOwner("default", "alice2") }],
      ["no owner", { owner: undefined }],
      ["another network", { client: "203.0.114.7" }],
      ["a client of which nothing is known", { client: undefined }],
    ])("tells repeats apart by %s", (_, change) => {
      const recorder = create();
      const first = recorder.record(known);
      expect(recorder.record({ ...known, ...change })).not.toBe(first);
      expect(recorder.record(known)).toBe(first);
    });
  });
}
