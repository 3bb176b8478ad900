import type { RequestContext } from "@agentos/guard/app";
import { expect, it } from "vitest";
import { createRunFollowers } from "../runs/followers.ts";
import type { RunPlace } from "../runs/run-queue.ts";
import { createRunService } from "../runs/service.ts";
import { keyOf, storeRun } from "../runs/store.suite.ts";
import { ALICE, createPlainAgent, createTestAccess, createTestRuntime } from "../runs/test-run.fixture.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { createResumeRoute } from "./resume-route.ts";

it("says that it follows a continued run whose first events are forgotten, before anything new happens", async () => {
  const memory = createMemoryRunStore();
  const key = keyOf(ALICE.owner);
  await storeRun(memory, key, "r1");
  const place: RunPlace = {
    key,
    runId: "r1",
    runNo: 1,
    status: "RUNNING",
    keepsEvents: true,
    hasEvents: true,
    firstIndex: 7,
    nextIndex: 7,
  };
  const store = { ...memory, findPlace: async () => place };
  const runtime = createTestRuntime();
  const service = createRunService({ store, runtime });
  const { follow } = createRunFollowers({
    log: { ...memory.events, read: () => new Promise(() => {}) },
    findTail: () => undefined,
  });
  const route = createResumeRoute({
    kind: "agent",
    find: () => createPlainAgent(async function* () {}),
    store,
    runs: { openReaders: service.openReaders, findKept: () => undefined, follow },
    runtime,
    answerFault: () => new Response(null, { status: 500 }),
    route: "POST /agents/{agent_id}/runs/{run_id}/resume",
  });
  const context: Pick<RequestContext, "access" | "parameters" | "request"> = {
    access: createTestAccess(),
    parameters: { agent_id: key.component.id, run_id: "r1" },
    request: new Request("http://test/", { method: "POST", body: new URLSearchParams({ session_id: "s1" }) }),
  };
  const { body } = await route(context);
  if (body === null) throw new Error("no body");
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const events = new TextDecoder().decode(value).match(/(?<=^event: ).*/gm);
  expect(events?.at(0)).toBe("catch_up");
  expect(events?.at(-1)).toBe("subscribed");
});
