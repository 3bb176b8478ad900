import { createOwner } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { all, denialRecorderSuite, known, of, stranger } from "./denial-recorder.suite.ts";
import type { Denial, DenialRecord, DenialRecorder } from "./denial-recorder.ts";
import { createMemoryDenialRecorder, type MemoryDenialRecorderOptions } from "./memory-denial-recorder.ts";

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

denialRecorderSuite("the memory recorder", () => createRecorder().recorder);

const listAll = async (recorder: DenialRecorder, limit: number) =>
  (await recorder.list(all, { limit })).records;
const routesOf = (recorder: DenialRecorder, ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await recorder.find(id, all))?.route));

describe("repeats", () => {
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

  it("begin a new record when the window of the first is over", async () => {
    const { recorder } = createRecorder({ windowSeconds: 60 });
    const first = recorder.record(known);
    expect(recorder.record({ ...known, time: 1_059 })).toBe(first);
    const second = recorder.record({ ...known, time: 1_060 });
    expect(second).not.toBe(first);
    expect(recorder.record({ ...known, time: 1_061 })).toBe(second);
    expect(await recorder.find(second, all)).toMatchObject({ count: 2, time: 1_060 });
  });

  it("leave the record of an earlier window to whoever holds its id", async () => {
    const { recorder } = createRecorder({ windowSeconds: 60 });
    const first = recorder.record(known);
    recorder.record({ ...known, time: 5_000 });
    expect(await recorder.find(first, all)).toMatchObject({ count: 1, time: 1_000 });
    expect(await listAll(recorder, 10)).toHaveLength(2);
  });

  it("are told at the first, the tenth, the hundredth and the thousandth", () => {
    const { recorder, told } = createRecorder();
    for (let n = 0; n < 1_500; n += 1) recorder.record(known);
    expect(told.map(({ count }) => count)).toEqual([1, 10, 100, 1_000]);
  });
});

describe("quotas", () => {
  it("keep what happened to a known caller, whatever strangers send", async () => {
    const { recorder } = createRecorder({ capacity: 10 });
    const ids = ["a", "b", "c"].map((route) => recorder.record({ ...known, route }));
    for (let n = 0; n < 1_000; n += 1) recorder.record({ ...stranger, route: `GET /${n}` });
    expect(await routesOf(recorder, ids)).toEqual(["a", "b", "c"]);
    expect(await listAll(recorder, 1_000)).toHaveLength(13);
  });

  it("keep what strangers sent, whatever known callers do", async () => {
    const { recorder } = createRecorder({ capacity: 10 });
    const id = recorder.record(stranger);
    for (let n = 0; n < 100; n += 1) recorder.record({ ...known, route: `GET /${n}` });
    expect(await recorder.find(id, all)).toBeDefined();
  });

  it("are paid for by the source that has most, whatever it varies and whatever network it calls from", async () => {
    const { recorder } = createRecorder({ capacity: 200 });
    const alice = recorder.record(known);
    const passerBy = recorder.record(stranger);
    for (let n = 0; n < 1_000; n += 1) {
      const client = `198.51.${n % 250}.1`;
      recorder.record({
        ...known,
        subject: "mallory",
        owner: createOwner("default", "mallory"),
        client,
        route: `GET /${n}`,
      });
      recorder.record({ ...stranger, client: "198.51.100.1", route: `GET /${n}` });
    }
    expect(await Promise.all([alice, passerBy].map((id) => recorder.find(id, all)))).not.toContain(undefined);
    const bySubject = Map.groupBy(await listAll(recorder, 1_000), ({ subject }) => subject);
    expect(bySubject.get("mallory")).toHaveLength(199);
    // The newest of a source are kept.
    expect(bySubject.get("mallory")?.map(({ route }) => route)).toContain("GET /999");
    expect(bySubject.get(undefined)).toHaveLength(200);
  });

  it("are used whole where clients cannot be told apart", async () => {
    const { recorder } = createRecorder({ capacity: 200 });
    for (let n = 0; n < 300; n += 1) recorder.record({ ...stranger, client: undefined, route: `GET /${n}` });
    expect(await listAll(recorder, 1_000)).toHaveLength(200);
  });

  it("are not filled by what a caller makes up: ids in the path, the issuer of an unverified token", async () => {
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
        facts: {
          unverified_issuer: `https://${n}.test`,
          unverified_kid: `kid ${n}`,
          issuer_found: `${n}`,
          signature_found: `has ${n} bytes`,
          value_found: `a text of ${n} characters`,
          duration: `${n} seconds`,
          suggestion: `${n}`,
          path: `/${n}`,
          cause: `${n}`,
        },
      });
    }
    expect(await listAll(recorder, 1_000)).toHaveLength(2);
    expect(told).toHaveLength(6);
    // What differs for a reason is still told apart.
    recorder.record({ ...known, facts: { held_scopes: ["a:b"] } });
    expect(await listAll(recorder, 1_000)).toHaveLength(3);
  });

  it("tell the origins of pages apart, and are not filled by made-up ones", async () => {
    const { recorder, told } = createRecorder();
    const from = (origin: string) =>
      recorder.record({ ...stranger, code: "AUTH_CORS_ORIGIN_REFUSED", facts: { origin } });
    expect(from("https://app.test")).not.toBe(from("https://console.test"));
    expect(from("https://app.test")).toBe(from("https://app.test"));
    for (let n = 0; n < 1_000; n += 1) from(`https://${n}.test`);
    expect((await listAll(recorder, 1_000)).length).toBeLessThanOrEqual(64);
    expect(told.length).toBeLessThan(200);
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
  ])("count %s as noise unless the signature held (%s)", async (code, survives) => {
    const { recorder } = createRecorder({ capacity: 2 });
    // Before the signature held nobody has a name.
    const id = recorder.record({ ...known, code, subject: survives ? "alice" : undefined });
    for (let n = 0; n < 5; n += 1) recorder.record({ ...stranger, route: `GET /${n}` });
    expect((await recorder.find(id, all)) !== undefined).toBe(survives);
  });

  it("drop the oldest of its kind, in the list and by its id", async () => {
    const { recorder } = createRecorder({ capacity: 2 });
    const ids = ["a", "b", "c"].map((route) => recorder.record({ ...known, route }));
    expect(await routesOf(recorder, ids)).toEqual([undefined, "b", "c"]);
    // What was dropped begins anew, under an id of its own.
    expect(ids).not.toContain(recorder.record({ ...known, route: "a" }));
  });

  it("hold under 100,000 different denials, spread over time", async () => {
    const { recorder, told } = createRecorder({ windowSeconds: 10 });
    const target = recorder.record(known);
    for (let n = 0; n < 100_000; n += 1) {
      const client = `198.51.${n % 250}.${n % 200}`;
      recorder.record({ ...stranger, client, route: `GET /${n % 7_919}`, time: 1_000 + n / 100 });
    }
    expect(await listAll(recorder, Number.MAX_SAFE_INTEGER)).toHaveLength(1_001);
    expect(await recorder.find(target, all)).toBeDefined();
    const kept = new Set((await listAll(recorder, Number.MAX_SAFE_INTEGER)).map(({ id }) => id));
    expect(told.filter(({ id }) => kept.has(id))).toHaveLength(1_001);
  });
});

describe("what one record holds", () => {
  const long = "x".repeat(100_000);

  it("is bounded, whatever a caller sends", async () => {
    const { recorder, told } = createRecorder();
    const id = recorder.record({
      ...known,
      route: long,
      client: long,
      fix: long,
      facts: { a: long, b: Array.from({ length: 10_000 }, () => "scope:read"), c: [long], n: 1 },
    });
    const record = await recorder.find(id, all);
    expect(JSON.stringify([record, told]).length).toBeLessThan(40_000);
    expect(record?.facts["n"]).toBe(1);
    expect(record?.facts["b"]).toHaveLength(101);
    expect(record?.facts["b"]).toContain("(9900 more)");
    expect(await recorder.find(id, of("alice"))).toMatchObject({ subject: "alice" });
  });

  it("never is a name that was cut, which could be somebody else's", async () => {
    const { recorder } = createRecorder();
    const id = recorder.record({ ...known, subject: long, owner: createOwner("default", long) });
    expect(await recorder.find(id, all)).toMatchObject({ subject: undefined, owner: undefined });
    expect(await recorder.find(id, of(long.slice(0, 1_000)))).toBeUndefined();
  });

  it("is what came, where it is short", async () => {
    const { recorder } = createRecorder();
    const facts = { held_scopes: ["agents:read"], token_audience: "another", now: 1, required: true };
    const id = recorder.record({ ...known, facts });
    expect((await recorder.find(id, all))?.facts).toEqual(facts);
  });
});
