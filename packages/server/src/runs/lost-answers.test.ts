/** A store that commits, and whose answer to that is lost: what became of the last rows is not known here. */
import { describe, expect, it } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { readAll } from "./event-log.suite.ts";
import { isContentDelta } from "./log-entry.ts";
import { createPlainAgent, createTestServer, form } from "./test-run.fixture.ts";

/** From the append on that has this text: it is kept, and neither that nor anything after it is answered. */
function createLosingServer(lastText: string) {
  const store = createMemoryRunStore();
  let isDown = false;
  const server = createTestServer({
    store: {
      ...store,
      finishRun: async (...args) => {
        if (isDown) throw new Error("the database is away");
        return store.finishRun(...args);
      },
      events: {
        ...store.events,
        async append(batches) {
          if (isDown) throw new Error("the database is away");
          const lost = await store.events.append(batches);
          isDown = batches.some(({ rows }) => rows.some(({ data }) => data.includes(lastText)));
          if (isDown) throw new Error("the connection ended during the commit");
          return lost;
        },
      },
    },
  });
  return { server, store };
}

const speaker = createPlainAgent(async function* () {
  for (const text of ["one ", "two ", "three "]) {
    yield { type: "content", text };
    await new Promise((resolve) => setImmediate(resolve));
  }
});

describe("a run of which an append was kept although the answer to it was lost", () => {
  it("tells those who follow that it could not be stored, under no index that the store gave to another event", async () => {
    const { server, store } = createLosingServer("two ");
    const run = await server.start(speaker, form("hi", { background: true }));
    const follower = server.service.follow(run.runNo, -1);
    const heard = [];
    while (await follower.ready())
      for (let next = follower.take(); next !== undefined; next = follower.take()) heard.push(next);
    follower.close();

    const kept = new Map(await readAll(store, run));
    const numbered = heard.filter(({ index }) => index !== undefined);
    expect(numbered.length).toBeGreaterThan(1);
    for (const { index, entry } of numbered) expect(kept.get(index ?? -1)).toEqual(entry);
    const last = heard.at(-1);
    expect(last).toMatchObject({ index: undefined, entry: { event: "RunError" } });
    expect(last && JSON.parse(run.toJson(last.entry))).toMatchObject({ error_type: "store_error" });

    // Whoever resumes after what it has heard misses nothing of what is kept.
    const after = numbered.at(-1)?.index ?? -1;
    const again = server.service.follow(run.runNo, after);
    await again.ready();
    const next = again.take();
    again.close();
    expect(next?.index).toBe(after + 1);
    expect(next && isContentDelta(next.entry) && next.entry.text).toBe("two ");
  });
});
