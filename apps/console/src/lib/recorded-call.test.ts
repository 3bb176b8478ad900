import { type AgentOSClient, AgentOSRefusal, InvalidInput } from "@agentos/client";
import { expect, test } from "vitest";
import type { Denial } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { isUntold, toRefusedCall } from "./recorded-call.ts";

const shop = { id: "shop", endpoint: "http://127.0.0.1:7770/" } as Instance;
const refusal = (status: number, detail = "no") => new AgentOSRefusal({ status, detail });

const makeDenial = (route: string, subject: string | null = "ada") =>
  ({ view: "operator", denial_id: "den_1", status: 403, code: "SCOPE_MISSING", route, subject }) as Denial;
const callOf = (...given: Parameters<typeof makeDenial>) => toRefusedCall(makeDenial(...given), shop, "ada");

test("a reading of one's own is asked again as it was", async () => {
  const call = callOf("GET /agents");
  expect(call).toMatchObject({ instanceId: "shop", isOfOthers: false, error: { denialId: "den_1" } });
  expect(call.error.request).toEqual({
    server: "agentos",
    baseUrl: "http://127.0.0.1:7770",
    method: "GET",
    path: "/agents",
  });
  expect(call.isCheck).toBeUndefined();
  const client = { agents: { list: async () => "the agents" } } as unknown as AgentOSClient;
  expect(await call.retry?.(client)).toBe("the agents");
});

test("what was refused to somebody else is not asked again, and they are named", () => {
  expect(callOf("GET /agents", "mia")).toMatchObject({ isOfOthers: true, subject: "mia" });
  expect(callOf("GET /agents", null)).toMatchObject({ isOfOthers: true, subject: null });
  for (const subject of ["mia", null])
    for (const route of ["GET /agents", "POST /agents/{agent_id}/runs"])
      expect(callOf(route, subject).retry).toBeUndefined();
});

test("what the record does not hold is not made up", () => {
  for (const route of ["GET /agents/{agent_id}", "DELETE /sessions/{session_id}", "constructor"])
    expect(callOf(route).retry).toBeUndefined();
});

test("a run is checked without running: it is let in where there is nothing to run", async () => {
  const call = callOf("POST /agents/{agent_id}/runs");
  expect(call.isCheck).toBe(true);
  const asked: unknown[] = [];
  const answer = (error: unknown) =>
    call.retry?.({
      agents: {
        run: async (...input: unknown[]) => {
          asked.push(input);
          throw error;
        },
      },
    } as unknown as AgentOSClient);
  await answer(new InvalidInput([{ location: ["body", "message"], message: "missing", type: "missing" }]));
  await answer(refusal(404, "Agent not found"));
  for (const error of [refusal(403), refusal(401), refusal(503), refusal(404, "Not Found")])
    await expect(answer(error)).rejects.toBe(error);
  for (const input of asked) expect(input).toEqual([expect.any(String), { message: "" }]);
});

test("a check that something else answers is neither let in nor refused", () => {
  const check = callOf("POST /agents/{agent_id}/runs");
  const answeredBy = (server: "agentos" | "control-plane", status: number) =>
    Object.assign(refusal(status, "Not Found"), {
      request: { server, baseUrl: "", method: "GET", path: "/" },
    });
  expect(isUntold(check, answeredBy("agentos", 404))).toBe(true);
  expect(isUntold(check, answeredBy("agentos", 403))).toBe(false);
  expect(isUntold(check, answeredBy("control-plane", 404))).toBe(false);
  expect(isUntold(callOf("GET /agents"), answeredBy("agentos", 404))).toBe(false);
  expect(isUntold(check, null)).toBe(false);
});
