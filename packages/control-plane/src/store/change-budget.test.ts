import { expect, it, onTestFinished } from "vitest";
import { type Actor, COMMAND_LINE } from "./actor.ts";
import { CHANGES_AT_ONCE, createChangeBudget } from "./change-budget.ts";
import { openTestStore } from "./test-store.fixture.ts";

const standing = { organizationId: "acme", version: 1, memberSince: 10 };
const MEMBER: Actor = { kind: "person", personId: "ada", sessionId: "s1", standing };
const OWN: Actor = { kind: "person", personId: "ada", sessionId: "s1" };

it("a person who changes without end has to wait, and only they", () => {
  const { take } = createChangeBudget();
  for (let count = 0; count < CHANGES_AT_ONCE; count += 1) expect(take(MEMBER, 100)).toBe(true);
  expect(take(MEMBER, 100)).toBe(false);
  expect(take({ ...MEMBER, sessionId: "s2" }, 101)).toBe(false);
  expect(take({ ...MEMBER, personId: "ben" }, 100)).toBe(true);
  expect(take(COMMAND_LINE, 100)).toBe(true);
  expect(take(MEMBER, 102)).toBe(true);
  expect(take(MEMBER, 102)).toBe(false);
  // A session that is stolen keeps its owner from ending it in no other.
  expect(take(OWN, 102)).toBe(true);
});

it("what is too much changes nothing, and says so", async () => {
  const { store, close } = await openTestStore("sqlite");
  onTestFinished(close);
  const counts = { left: 1 };
  const spend = () =>
    store.change(OWN, async ({ audit }) => {
      counts.left += 1;
      await audit({ organizationId: null, action: "x.y", target: { kind: "person", id: "ada" } });
    });
  // The session is over: refused before the budget would be of any use to anybody.
  await expect(spend()).rejects.toMatchObject({ code: "SESSION_OVER" });
  for (let count = 1; count < CHANGES_AT_ONCE; count += 1) await spend().catch(() => undefined);
  await expect(spend()).rejects.toMatchObject({ code: "PERSON_CHANGES_THROTTLED" });
  expect(counts.left).toBe(1);
});
