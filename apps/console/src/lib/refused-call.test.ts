import { AgentOSRefusal, ConnectionFault, InvalidInput } from "@agentos/client";
import { expect, test } from "vitest";
import { createRefusedCalls, idOfError, isRefused, type RefusedCall } from "./refused-call.ts";

const refusal = (status: number, denialId?: string) => new AgentOSRefusal({ status, detail: "no", denialId });

test("tells a refusal from what went wrong otherwise", () => {
  expect(
    [refusal(401), refusal(403), refusal(503, "d"), new ConnectionFault("unreachable", "x")].every(isRefused),
  ).toBe(true);
  const others = [
    refusal(404),
    refusal(429),
    refusal(503),
    new ConnectionFault("aborted", "x"),
    new Error("x"),
  ];
  expect([...others, new InvalidInput([])].some(isRefused)).toBe(false);
});

test("an error keeps its id, and another has another", () => {
  const error = refusal(401);
  expect(idOfError(error)).toBe(idOfError(error));
  expect(idOfError(error)).not.toBe(idOfError(refusal(401)));
});

test("keeps the newest calls, and not more than it can show", () => {
  const calls = createRefusedCalls();
  const call: RefusedCall = { instanceId: "i", error: refusal(403) };
  for (let number = 0; number < 60; number += 1) calls.keep(`d${number}`, call);
  calls.keep("d30", call);
  expect(calls.list()).toHaveLength(50);
  expect(calls.list()[0]?.denialId).toBe("d30");
  expect([calls.find("d0", undefined), calls.find("d59", undefined)]).toEqual([undefined, call]);
});

test("an instance that names the id of another's record stands beside it", () => {
  const calls = createRefusedCalls();
  const [real, twin] = ["real", "twin"].map((instanceId) => ({ instanceId, error: refusal(403) }) as const);
  if (real === undefined || twin === undefined) throw new Error("two calls");
  calls.keep("den_1", real);
  expect(calls.find("den_1", undefined)).toBe(real);
  calls.keep("den_1", twin);
  expect([calls.find("den_1", "real"), calls.find("den_1", "twin")]).toEqual([real, twin]);
  // Nobody says which of them is meant.
  expect(calls.find("den_1", undefined)).toBeUndefined();
  expect(calls.find("den_1", "other")).toBeUndefined();
});
