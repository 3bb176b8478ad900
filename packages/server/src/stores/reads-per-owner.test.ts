import type { DataScope } from "@agentos/auth";
import { describe, expect, it, onTestFinished } from "vitest";
import { alice, bob, keyOf } from "../runs/store.suite.ts";
import { settle } from "../runs/test-run.fixture.ts";
import { createReadOfOwner } from "./reads-per-owner.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase } from "./test-database.fixture.ts";

const [ofAlice, ofBob] = [alice, bob].map((owner): DataScope => ({ kind: "user", owner }));

/** Reads that end when they are told. */
function open(scopes: readonly (DataScope | undefined)[]) {
  const readOfOwner = createReadOfOwner();
  const begun: number[] = [];
  const ends = new Map<number, (cause?: Error) => void>();
  const reads = scopes.map((scope = { kind: "all" }, number) =>
    readOfOwner(scope, () => {
      begun.push(number);
      return new Promise<number>((resolve, reject) => {
        ends.set(number, (cause) => (cause === undefined ? resolve(number) : reject(cause)));
      });
    }),
  );
  return { begun, reads, end: (number: number, cause?: Error) => ends.get(number)?.(cause) };
}

describe("reads of whole runs", () => {
  it("are two of one user at a time; another's wait for none of them", async () => {
    const { begun, reads, end } = open([ofAlice, ofAlice, ofAlice, ofAlice, ofBob]);
    await settle();
    expect(begun).toEqual([0, 1, 4]);
    end(1, new Error("own"));
    await expect(reads[1]).rejects.toThrow("own");
    await settle();
    expect(begun).toEqual([0, 1, 4, 2]);
    for (const number of [0, 2, 4]) end(number);
    await settle();
    end(3);
    expect(await Promise.all([reads[0], reads[2], reads[3], reads[4]])).toEqual([0, 2, 3, 4]);
  });

  it("are as many as there are for whoever reaches everybody's data", async () => {
    const { begun, reads, end } = open([undefined, undefined, undefined]);
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const number of begun) end(number);
    await Promise.all(reads);
  });

  it("are counted together, whatever they are for: the history of a run, the run, a piece of a session", async () => {
    const database = await openTestDatabase("sqlite");
    onTestFinished(() => database.close());
    let reads = 0;
    function read(): Promise<never> {
      reads += 1;
      return new Promise(() => {});
    }
    const store = createSqlRunStore({ ...database, read }, { deployment: "d", nodeId: "one" });
    const scope: DataScope = { kind: "user", owner: alice };
    const key = keyOf(alice);
    for (let time = 0; time < 3; time++) void store.listRuns(scope, key, { status: "COMPLETED", limit: 5 });
    void store.findRun(scope, key, "r1");
    void store.listRunPiece(scope, key, { afterRunId: undefined, count: 5, maxBytes: 1_000 });
    await settle();
    expect(reads).toBe(2);
    void store.listRuns({ kind: "user", owner: bob }, keyOf(bob), { limit: 5 });
    await settle();
    expect(reads).toBe(3);
  });
});
