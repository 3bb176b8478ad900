/** What every denial recorder must do. Called by the test of each driver. */
import { describe, expect, it } from "vitest";
import type { Denial, DenialRecorder } from "./denial-recorder.ts";

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
export const known: Denial = { ...stranger, code: "SCOPE_MISSING", subject: "alice", fix: "add a scope" };

export function denialRecorderSuite(name: string, create: () => DenialRecorder): void {
  describe(`${name}, as a denial recorder`, () => {
    it("finds a record by the id that its refusal carries", async () => {
      const recorder = create();
      const id = recorder.record(known);
      expect(await recorder.find(id)).toEqual({ ...known, id, count: 1, lastTime: 1_000 });
      expect(await recorder.find(`${id}x`)).toBeUndefined();
    });

    it("lists newest first, up to a limit", async () => {
      const recorder = create();
      recorder.record({ ...known, time: 2_000, route: "b" });
      recorder.record({ ...stranger, time: 3_000 });
      recorder.record({ ...known, time: 1_000, route: "a" });
      const times = async (limit: number) => (await recorder.list(limit)).map(({ lastTime }) => lastTime);
      expect(await times(10)).toEqual([3_000, 2_000, 1_000]);
      expect(await times(1)).toEqual([3_000]);
    });

    it("counts repeats up in one record, whose id every refusal carries", async () => {
      const recorder = create();
      const ids = [0, 1, 2].map((second) => recorder.record({ ...known, time: 1_000 + second }));
      expect(new Set(ids).size).toBe(1);
      expect(await recorder.list(10)).toMatchObject([{ count: 3, time: 1_000, lastTime: 1_002 }]);
    });

    it("shows the facts of the newest repeat, since that is what the holder of the id asks about", async () => {
      const recorder = create();
      recorder.record({ ...known, facts: { n: 1 } });
      const id = recorder.record({ ...known, facts: { n: 2 }, fix: "newer" });
      expect(await recorder.find(id)).toMatchObject({ facts: { n: 2 }, fix: "newer" });
    });

    it("gives away nothing that can be changed, and nothing that changes", async () => {
      const recorder = create();
      const id = recorder.record(known);
      const found = await recorder.find(id);
      const [listed] = await recorder.list(1);
      recorder.record(known);
      expect([found?.count, listed?.count]).toEqual([1, 1]);
      expect((await recorder.find(id))?.count).toBe(2);
    });

    it.each<[string, Partial<Denial>]>([
      ["another code", { code: "AUTH_TOKEN_EXPIRED" }],
      ["another route", { route: "POST /agents/{agent_id}/runs" }],
      ["another subject", { subject: "bob" }],
      ["another issuer, whose subject is somebody else", { issuer: "partner" }],
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
