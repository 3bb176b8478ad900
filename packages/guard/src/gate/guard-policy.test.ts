import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { expect, it, onTestFinished } from "vitest";
import { type AuthGuardOptions, createAuthGuard } from "./auth-guard.ts";
import type { GuardedRequest } from "./gate.ts";

const before = await createTestIssuer();
const after = await createTestIssuer();
const keyOf = ({ verificationKey }: typeof before) => ({ verificationKeys: [verificationKey] });
const reports = { scopes: ["reports:read"] };

async function create(options: AuthGuardOptions = {}) {
  const logger = createTestLogger();
  const guard = await createAuthGuard({
    id: TEST_OS_ID,
    env: {},
    logger,
    authorizationConfig: keyOf(before),
    ...options,
  });
  onTestFinished(() => guard.close());
  return { guard, logger };
}

const requestWith = (headers: Record<string, string>): GuardedRequest => ({
  method: "GET",
  clientAddress: "127.0.0.1",
  header: (name) => headers[name] ?? null,
});

it("takes another policy: what is protected stays protected, by the new one", async () => {
  const { guard } = await create();
  const route = guard.protect([customScope("reports:read")]);
  const isAllowed = async (headers: Record<string, string>) =>
    (await route.check(requestWith(headers))).isAllowed;
  const [old, fresh] = [await before.bearer(reports), await after.bearer(reports)];
  expect([await isAllowed(old), await isAllowed(old), await isAllowed(fresh)]).toEqual([true, true, false]);
  const { denials, decisions } = guard;
  await guard.replacePolicy({ authorizationConfig: keyOf(after) });
  expect([await isAllowed(old), await isAllowed(fresh)]).toEqual([false, true]);
  expect([guard.denials, guard.decisions]).toEqual([denials, decisions]);
  expect((await denials.list({ kind: "all" }, { limit: 9 })).records.length).toBeGreaterThan(0);
});

it("reads the scope of admins anew, in the routes that are protected already too", async () => {
  const { guard } = await create();
  const route = guard.protect([customScope("reports:read")]);
  const admin = requestWith(await before.bearer({ scopes: ["shop:admin"] }));
  expect((await route.check(admin)).isAllowed).toBe(false);
  await guard.replacePolicy({ authorizationConfig: { ...keyOf(before), adminScope: "shop:admin" } });
  expect((await route.check(admin)).isAllowed).toBe(true);
});

it("refuses what a guard cannot be at its start, with every fault, and stays as it is", async () => {
  const { guard } = await create();
  const inForce = guard.describe();
  const replacing = guard.replacePolicy({
    id: "another",
    authorizationConfig: { ...keyOf(after), scopeMappings: { "GET /x": [] }, excludedRoutePaths: ["/x"] },
  });
  await expect(replacing).rejects.toThrow(/scopeMappings[\s\S]*excludedRoutePaths[\s\S]*CONFIG_ID_FIXED/);
  await expect(guard.replacePolicy({ authorization: false })).rejects.toThrow("CONFIG_KEYS_MISSING");
  expect(guard.describe()).toEqual(inForce);
});

it("takes none after it was closed", async () => {
  const { guard, logger } = await create();
  guard.close();
  await expect(guard.replacePolicy({ authorizationConfig: keyOf(after) })).rejects.toThrow(
    "the guard is closed",
  );
  expect(logger.entries).toEqual([]);
});
