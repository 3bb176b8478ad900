import { describe, expect, it } from "vitest";
import {
  ALICE,
  createPlainAgent,
  createTestAccess,
  createTestIdentity,
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
