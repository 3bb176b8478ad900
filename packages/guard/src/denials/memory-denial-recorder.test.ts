import { describe, expect, it } from "vitest";
import type { Denial, DenialRecord } from "./denial-recorder.ts";
import { createMemoryDenialRecorder, type MemoryDenialRecorderOptions } from "./memory-denial-recorder.ts";

/** Refused before the caller was known. */
const stranger: Denial = {
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
const known: Denial = { ...stranger, code: "SCOPE_MISSING", subject: "alice", fix: "add a scope" };

function createRecorder(options: Partial<MemoryDenialRecorderOptions> = {}) {
  let count = 0;
  const told: DenialRecord[] = [];
  const recorder = createMemoryDenialRecorder({
    generateId: () => String((count += 1)),
    onRecord: (record) => void told.push({ ...record }),
    ...options,
  });
  return { recorder, told };
}

describe("the record of a denial", () => {
  it("is found by the id that its refusal carries", () => {
    const { recorder } = createRecorder();
    const id = recorder.record(known);
    expect(id).toBe("den_1");
    expect(recorder.find(id)).toEqual({ ...known, id, count: 1, lastTime: 1_000 });
    expect(recorder.find("den_2")).toBeUndefined();
  });

  it("is listed newest first, up to a limit", () => {
    const { recorder } = createRecorder();
    recorder.record({ ...known, time: 2_000, route: "b" });
    recorder.record({ ...stranger, time: 3_000 });
    recorder.record({ ...known, time: 1_000, route: "a" });
    expect(recorder.list(10).map(({ lastTime }) => lastTime)).toEqual([3_000, 2_000, 1_000]);
    expect(recorder.list(1).map(({ lastTime }) => lastTime)).toEqual([3_000]);
  });
});

describe("repeats", () => {
  it("count up one record, whose id every refusal carries", () => {
    const { recorder } = createRecorder();
    const ids = [0, 1, 2].map((second) => recorder.record({ ...known, time: 1_000 + second }));
    expect(new Set(ids).size).toBe(1);
    expect(recorder.list(10)).toMatchObject([{ count: 3, time: 1_000, lastTime: 1_002 }]);
  });

  it("show the facts of the newest, since that is what the holder of the id asks about", () => {
    const { recorder } = createRecorder();
    recorder.record({ ...known, facts: { n: 1 } });
    const id = recorder.record({ ...known, facts: { n: 2 }, fix: "newer" });
    expect(recorder.find(id)).toMatchObject({ facts: { n: 2 }, fix: "newer" });
  });

  it.each<[string, Partial<Denial>]>([
    ["another code", { code: "AUTH_TOKEN_EXPIRED" }],
    ["another route", { route: "POST /agents/{agent_id}/runs" }],
    ["another subject", { subject: "bob" }],
    ["another network", { client: "203.0.114.7" }],
    ["a client of which nothing is known", { client: undefined }],
  ])("are told apart by %s", (_, change) => {
    const { recorder } = createRecorder();
    const first = recorder.record(known);
    expect(recorder.record({ ...known, ...change })).not.toBe(first);
    expect(recorder.record(known)).toBe(first);
  });

  it.each([
    ["203.0.113.7", "203.0.113.255", "203.0.11.7"],
    ["::ffff:203.0.113.7", "203.0.113.9", "::ffff:203.0.114.7"],
    ["2001:db8:1:2::3", "2001:db8:1:ffff:4:5:6:7", "2001:db8:2::3"],
    ["2001:db8::1", "2001:db8:0:1::1", "2001:db8:1::1"],
    ["fe80::1", "fe80::2:3:4:5", "fe81::1"],
    ["2001::1:2:3:4", "2001::9:2:3:4", "2001:1::1"],
    ["::1", "::2", "1::1"],
  ])("of %s and %s are of one network, those of %s of another", (one, same, other) => {
    const { recorder } = createRecorder();
    const id = recorder.record({ ...stranger, client: one });
    expect(recorder.record({ ...stranger, client: same })).toBe(id);
    expect(recorder.record({ ...stranger, client: other })).not.toBe(id);
  });

  it("begin a new record when the window of the first is over", () => {
    const { recorder } = createRecorder({ windowSeconds: 60 });
    const first = recorder.record(known);
    expect(recorder.record({ ...known, time: 1_059 })).toBe(first);
    const second = recorder.record({ ...known, time: 1_060 });
    expect(second).not.toBe(first);
    expect(recorder.record({ ...known, time: 1_061 })).toBe(second);
    expect(recorder.find(second)).toMatchObject({ count: 2, time: 1_060 });
  });

  it("leave the record of an earlier window to whoever holds its id", () => {
    const { recorder } = createRecorder({ windowSeconds: 60 });
    const first = recorder.record(known);
    recorder.record({ ...known, time: 5_000 });
    expect(recorder.find(first)).toMatchObject({ count: 1, time: 1_000 });
    expect(recorder.list(10)).toHaveLength(2);
  });

  it("are told at the first, the tenth, the hundredth and the thousandth", () => {
    const { recorder, told } = createRecorder();
    for (let n = 0; n < 1_500; n += 1) recorder.record(known);
    expect(told.map(({ count }) => count)).toEqual([1, 10, 100, 1_000]);
  });
});

describe("quotas", () => {
  it("keep what happened to a known caller, whatever strangers send", () => {
    const { recorder } = createRecorder({ capacity: 10 });
    const ids = ["a", "b", "c"].map((route) => recorder.record({ ...known, route }));
    for (let n = 0; n < 1_000; n += 1) recorder.record({ ...stranger, route: `GET /${n}` });
    expect(ids.map((id) => recorder.find(id)?.route)).toEqual(["a", "b", "c"]);
    expect(recorder.list(1_000)).toHaveLength(13);
  });

  it("keep what strangers sent, whatever known callers do", () => {
    const { recorder } = createRecorder({ capacity: 10 });
    const id = recorder.record(stranger);
    for (let n = 0; n < 100; n += 1) recorder.record({ ...known, route: `GET /${n}` });
    expect(recorder.find(id)).toBeDefined();
  });

  it("are paid for by the source that has most, whatever it varies and whatever network it calls from", () => {
    const { recorder } = createRecorder({ capacity: 200 });
    const alice = recorder.record(known);
    const passerBy = recorder.record(stranger);
    for (let n = 0; n < 1_000; n += 1) {
      const client = `198.51.${n % 250}.1`;
      recorder.record({ ...known, subject: "mallory", client, route: `GET /${n}` });
      recorder.record({ ...stranger, client: "198.51.100.1", route: `GET /${n}` });
    }
    expect([recorder.find(alice), recorder.find(passerBy)]).not.toContain(undefined);
    const bySubject = Map.groupBy(recorder.list(1_000), ({ subject }) => subject);
    expect(bySubject.get("mallory")).toHaveLength(199);
    // The newest of a source are kept.
    expect(bySubject.get("mallory")?.map(({ route }) => route)).toContain("GET /999");
    expect(bySubject.get(undefined)).toHaveLength(200);
  });

  it("are used whole where clients cannot be told apart", () => {
    const { recorder } = createRecorder({ capacity: 200 });
    for (let n = 0; n < 300; n += 1) recorder.record({ ...stranger, client: undefined, route: `GET /${n}` });
    expect(recorder.list(1_000)).toHaveLength(200);
  });

  it("are not filled by what a caller makes up: ids in the path, the issuer of an unverified token", () => {
    const { recorder, told } = createRecorder();
    for (let n = 0; n < 100; n += 1) {
      const scope = `agents:m${n}:read`;
      const facts = {
        required_scopes: [scope],
        missing_scopes: [scope],
        scope_to_add: scope,
        scope_choice: scope,
      };
      recorder.record({ ...known, facts });
      recorder.record({
        ...stranger,
        facts: { unverified_issuer: `https://${n}.test`, path: `/${n}`, cause: `${n}` },
      });
    }
    expect(recorder.list(1_000)).toHaveLength(2);
    expect(told).toHaveLength(6);
    // What differs for a reason is still told apart.
    recorder.record({ ...known, facts: { held_scopes: ["a:b"] } });
    expect(recorder.list(1_000)).toHaveLength(3);
  });

  it.each<[Denial["code"], boolean]>([
    ["AUTH_HEADER_MISSING", false],
    ["AUTH_TOKEN_MALFORMED", false],
    ["AUTH_KEY_UNKNOWN", false],
    ["AUTH_SIGNATURE_INVALID", false],
    ["AUTH_COOKIE_CROSS_SITE", false],
    ["AUTH_TOKEN_EXPIRED", true],
    ["AUTH_AUDIENCE_MISMATCH", true],
    ["SCOPE_OTHER_RESOURCE", true],
    ["AUTH_USER_REQUIRED", true],
  ])("count %s as noise unless the signature held (%s)", (code, survives) => {
    const { recorder } = createRecorder({ capacity: 2 });
    // Before the signature held nobody has a name.
    const id = recorder.record({ ...known, code, subject: survives ? "alice" : undefined });
    for (let n = 0; n < 5; n += 1) recorder.record({ ...stranger, route: `GET /${n}` });
    expect(recorder.find(id) !== undefined).toBe(survives);
  });

  it("drop the oldest of its kind, in the list and by its id", () => {
    const { recorder } = createRecorder({ capacity: 2 });
    const ids = ["a", "b", "c"].map((route) => recorder.record({ ...known, route }));
    expect(ids.map((id) => recorder.find(id)?.route)).toEqual([undefined, "b", "c"]);
    // What was dropped begins anew, under an id of its own.
    expect(ids).not.toContain(recorder.record({ ...known, route: "a" }));
  });

  it("hold under 100,000 different denials, spread over time", () => {
    const { recorder, told } = createRecorder({ windowSeconds: 10 });
    const target = recorder.record(known);
    for (let n = 0; n < 100_000; n += 1) {
      const client = `198.51.${n % 250}.${n % 200}`;
      recorder.record({ ...stranger, client, route: `GET /${n % 7_919}`, time: 1_000 + n / 100 });
    }
    expect(recorder.list(Number.MAX_SAFE_INTEGER)).toHaveLength(1_001);
    expect(recorder.find(target)).toBeDefined();
    expect(told.filter(({ id }) => recorder.find(id) !== undefined)).toHaveLength(1_001);
  });
});
