import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf, openTestInstances, type TestInstances } from "./instances.fixture.ts";
import { setSwitches } from "./set-switches.ts";
import { createPolicyReader, type PolicyReader } from "./share-policy-readings.ts";

describe("readings of a policy", () => {
  let test: TestInstances;
  let reader: PolicyReader;
  let calls: (() => void)[];
  let id: string;

  beforeEach(async () => {
    test = await openTestInstances("sqlite");
    calls = [];
    reader = createPolicyReader(
      {
        ...test.services,
        callInstance: () =>
          new Promise((resolve) => calls.push(() => resolve({ kind: "unreachable", reason: "no" }))),
      },
      () => test.clock.now,
      { running: 1, waiting: 2 },
    );
    id = await test.connect(test.owner);
    await setSwitches(test.services, test.owner, id, { authorization: true, security_key: false });
  });
  afterEach(() => test.close());

  const asked = () => expect.poll(() => calls.length);

  it("are one at a time, shared by all who ask, and hold for a moment", async () => {
    const first = codeOf(reader.read(test.owner, id));
    await asked().toBe(1);
    const others = Array.from({ length: 50 }, () => codeOf(reader.read(test.member, id)));
    calls[0]?.();
    expect(new Set(await Promise.all([first, ...others]))).toEqual(new Set(["INSTANCE_UNREACHABLE"]));
    expect(await codeOf(reader.read(test.member, id))).toBe("INSTANCE_UNREACHABLE");
    expect(calls).toHaveLength(1);
    test.clock.now += 2;
    const later = codeOf(reader.read(test.member, id));
    await asked().toBe(2);
    calls[1]?.();
    await later;
    const fresh = codeOf(reader.read(test.owner, id, { isFresh: true }));
    await asked().toBe(3);
    calls[2]?.();
    await fresh;
  });

  it("are nothing to whoever does not see the instance", async () => {
    expect(await codeOf(reader.read(test.stranger, id))).toBe("INSTANCE_UNKNOWN");
    expect(calls).toHaveLength(0);
  });

  it("are bounded in all", async () => {
    const ids = [id];
    for (const name of ["a", "b", "c"]) {
      const other = await test.connect(test.owner, { endpoint: `https://${name}.example` });
      await setSwitches(test.services, test.owner, other, { authorization: true, security_key: false });
      ids.push(other);
    }
    const outcomes = ids.map((one) => codeOf(reader.read(test.owner, one)));
    expect(await Promise.race(outcomes)).toBe("INSTANCE_READINGS_BUSY");
    for (const count of [1, 2, 3]) {
      await asked().toBe(count);
      calls[count - 1]?.();
    }
    const all = await Promise.all(outcomes);
    expect(all.filter((code) => code === "INSTANCE_READINGS_BUSY")).toHaveLength(1);
  });
});
