import { expect, test } from "vitest";
import { planFindingFix } from "./finding-fixes.ts";
import type { Instance } from "./instance-state.ts";

const make = (authorization: boolean, security_key: boolean, osId: string | null = "shop") =>
  ({ desired: { authorization, security_key }, observed: { os_id: osId } }) as unknown as Instance;

test("a click makes the switches here say what is there, and never makes two of them right by making another wrong", () => {
  expect(planFindingFix("INSTANCE_OPEN", make(false, false))).toMatchObject({
    switches: { authorization: true, security_key: false },
  });
  expect(planFindingFix("INSTANCE_SECURITY_KEY_MISSING", make(true, true))).toMatchObject({
    switches: { authorization: true, security_key: false },
  });
  expect(planFindingFix("INSTANCE_SECURITY_KEY_UNWANTED", make(false, false))).toMatchObject({
    switches: { authorization: false, security_key: true },
  });
  // Both on is a situation to get out of.
  expect(planFindingFix("INSTANCE_SECURITY_KEY_UNWANTED", make(true, false))).toBeUndefined();
  expect(planFindingFix("INSTANCE_OS_ID_DIFFERS", make(true, false))).toMatchObject({ osId: "shop" });
  expect(planFindingFix("INSTANCE_OS_ID_DIFFERS", make(true, false, null))).toBeUndefined();
  expect(planFindingFix("INSTANCE_KEY_MANGLED", make(true, false))).toBeUndefined();
});
