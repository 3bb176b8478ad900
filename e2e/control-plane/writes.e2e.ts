// What the attacks change in one thing: each write route, as its row has it, passes once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { successOf, toCall, WRITE_IDS } from "./support/requests.ts";
import { openWorld, type World } from "./support/world.ts";
import { WRITE_ROWS } from "./support/write-rows.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

describe("a request that passes", () => {
  it.each(WRITE_IDS)("%s", async (id) => {
    const prepared = await WRITE_ROWS[id].prepare(world);
    const answer = await world.plane.send(toCall(id, world, prepared));
    expect([answer.status, answer.text]).toEqual([successOf(id), expect.stringMatching(/./)]);
  });
});
