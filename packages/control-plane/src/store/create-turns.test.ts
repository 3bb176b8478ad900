import { describe, expect, it } from "vitest";
import { createTurns } from "./create-turns.ts";
import { reject } from "./rejected.ts";

const refuse = () => reject("SIGN_IN_BUSY", { limit: 3 });

describe("turns", () => {
  it("lets so many run, so many wait in their order, and refuses the rest at once", async () => {
    const takeTurn = createTurns({ running: 2, waiting: 3, refuse });
    const gates = Array.from({ length: 7 }, () => Promise.withResolvers<void>());
    const begun: number[] = [];
    const all = gates.map(({ promise }, index) =>
      takeTurn(async () => {
        begun.push(index);
        await promise;
        return index;
      }),
    );
    await expect(all[5]).rejects.toMatchObject({ code: "SIGN_IN_BUSY" });
    await expect(all[6]).rejects.toMatchObject({ code: "SIGN_IN_BUSY" });
    expect(begun).toEqual([0, 1]);
    gates[1]?.resolve();
    await all[1];
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of gates) resolve();
    expect(await Promise.all(all.slice(0, 5))).toEqual([0, 1, 2, 3, 4]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it("takes up the next after work that fails, and is free again in the end", async () => {
    const takeTurn = createTurns({ running: 1, waiting: 1, refuse });
    const failing = takeTurn(() => Promise.reject(new Error("broken")));
    const next = takeTurn(async () => "next");
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe("next");
    expect(await takeTurn(async () => "later")).toBe("later");
  });
});
