import { describe, expect, it } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { createRunService } from "./service.ts";
import {
  ALICE,
  createPlainAgent,
  createTestAccess,
  createTestIdentity,
  createTestRuntime,
  createTestServer,
  form,
} from "./test-run.fixture.ts";

const agent = createPlainAgent(async function* () {
  yield { type: "content", text: "hi" };
});

describe("a request that is sent again", () => {
  const { service } = createTestServer();
  const send = (boundTo: string | undefined, idempotencyKey: string, sessionId?: string) =>
    service.acceptRun({
      runnable: agent,
      form: form("hi", { sessionId }),
      access: createTestAccess({
        identity: boundTo === undefined ? ALICE : createTestIdentity({ userId: "alice", sessionId: boundTo }),
      }),
      idempotencyKey,
    });

  it("is another one where the session that its token is bound to is another one", async () => {
    expect(await send("one", "bound")).toMatchObject({ ok: true, value: { type: "begun" } });
    expect(await send("one", "bound")).toMatchObject({ ok: true, value: { type: "known" } });
    expect(await send("other", "bound")).toMatchObject({ ok: false, fault: { status: 422 } });
  });

  it("is the same where a session was named or made up the first time", async () => {
    for (const sessionId of [undefined, "named"]) {
      const key = `free ${sessionId}`;
      expect(await send(undefined, key, sessionId)).toMatchObject({ value: { type: "begun" } });
      expect(await send(undefined, key, sessionId)).toMatchObject({ value: { type: "known" } });
    }
  });
});

describe("a request for a run that has to wait", () => {
  it("is counted once, and looked at before only while the queue has just been full", async () => {
    const store = createMemoryRunStore();
    const looks: unknown[] = [];
    const service = createRunService({
      runtime: createTestRuntime(),
      limits: { activeRuns: 0 },
      queueLimits: { pendingRuns: 2 },
      store: {
        ...store,
        async requireRoomInQueue(...asked) {
          looks.push(asked);
          return store.requireRoomInQueue(...asked);
        },
      },
    });
    const send = async () => {
      const ticket = service.admit({ identity: ALICE }, 0);
      if (!ticket.ok) throw new Error(ticket.fault.code);
      return service.acceptRun({
        runnable: agent,
        form: form("hi", { background: true, stream: false }),
        access: createTestAccess(),
        ticket: ticket.value,
      });
    };
    for (const _ of [1, 2]) expect(await send()).toMatchObject({ value: { type: "waiting" } });
    expect(await send()).toMatchObject({ ok: false, fault: { code: "RUN_QUEUE_FULL" } });
    expect(looks).toEqual([]);
    expect(await send()).toMatchObject({ ok: false, fault: { code: "RUN_QUEUE_FULL" } });
    expect(looks).toHaveLength(1);
  });
});
