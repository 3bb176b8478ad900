import type { DataScope } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { alice, bob } from "../runs/store.suite.ts";
import { settle } from "../runs/test-run.fixture.ts";
import { createReadOfOwner } from "./reads-per-owner.ts";

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
});
