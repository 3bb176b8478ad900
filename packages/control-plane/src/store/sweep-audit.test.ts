import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestLogger } from "@agentos/testkit";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createControlPlane } from "../control-plane/create-control-plane.ts";
import { withMachine } from "../machine/machine-store.ts";
import { COMMAND_LINE } from "./actor.ts";
import { writeAudit } from "./audit-entry.ts";
import type { ControlPlaneStore } from "./control-plane-store.ts";
import { sweepAudit } from "./sweep-audit.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "./test-store.fixture.ts";

const DAY = 86_400;
const KEPT_DAYS = 400;

function addEntries(store: ControlPlaneStore, at: number, count: number, organizationId: string | null) {
  return store.note(async (db) => {
    for (let index = 0; index < count; index += 1)
      await writeAudit(
        db,
        { actor: COMMAND_LINE, at },
        { organizationId, action: "test.done", target: { kind: "test", id: `${index}` } },
      );
  });
}

const readEntries = (store: ControlPlaneStore) =>
  store.read((db) =>
    db
      .selectFrom("agentos_cp_audit")
      .select(["organization_id", "at", "action", "actor_kind", "after_json"])
      .orderBy("audit_no")
      .execute(),
  );

describe.each(TEST_DIALECTS)("the audit log on %s", (dialect) => {
  let test: TestStore;
  beforeEach(async () => {
    test = await openTestStore(dialect);
  });
  afterEach(() => test.close());

  const sweep = (pause = async () => undefined as void) =>
    sweepAudit({ store: test.store, keptDays: KEPT_DAYS, now: () => test.clock.now, pause });
  const readTraces = async () =>
    (await readEntries(test.store))
      .filter(({ action }) => action === "audit.swept")
      .map(({ organization_id: id, after_json: json }) => [id, JSON.parse(json ?? "null") as unknown]);
  const before = () => test.clock.now - KEPT_DAYS * DAY;
  const traceOf = (entries: number) => ({
    entries,
    written_before_at: before(),
    kept_days: KEPT_DAYS,
  });

  it("loses what is past its time, in small commits, and says so once in each organization", async () => {
    const { store, clock } = test;
    await addEntries(store, before() - 1, 450, "acme");
    await addEntries(store, before() - 2, 3, null);
    await addEntries(store, before(), 2, "acme");
    let pauses = 0;
    expect(
      await sweep(async () => {
        pauses += 1;
      }),
    ).toBe(453);
    expect(pauses).toBe(3);
    const entries = await readEntries(store);
    expect(entries.filter(({ action }) => action === "test.done").map(({ at }) => at)).toEqual([
      before(),
      before(),
    ]);
    expect(entries.at(-1)).toMatchObject({ at: clock.now, actor_kind: "system" });
    const traces = await readTraces();
    expect(traces).toHaveLength(2);
    expect(traces).toContainEqual(["acme", traceOf(450)]);
    expect(traces).toContainEqual([null, traceOf(3)]);
    expect(await sweep()).toBe(0);
    expect(await readTraces()).toHaveLength(2);
  });

  it("tells what is gone although the sweep was cut short", async () => {
    await addEntries(test.store, before() - 1, 250, "acme");
    await expect(sweep(() => Promise.reject(new Error("the process ends")))).rejects.toThrow("ends");
    expect(await readTraces()).toEqual([["acme", traceOf(200)]]);
    expect(await readEntries(test.store)).toHaveLength(51);
  });

  it("tells of each entry once where several sweep at once", async () => {
    await addEntries(test.store, before() - 1, 300, "acme");
    const counts = await Promise.all([sweep(), sweep(), sweep()]);
    await sweep();
    const told = (await readTraces()).map(([, after]) => (after as { entries: number }).entries);
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(Math.max(...counts)).toBeGreaterThan(0);
  });
});

it.each([
  ["400 days where nothing is said", undefined, 399, 401],
  ["as long as the operator says", { auditDays: 2 }, 1, 3],
])("a control plane keeps its audit log %s", async (_, retention, youngDays, oldDays) => {
  const workingDirectory = mkdtempSync(join(tmpdir(), "agentos-audit-"));
  onTestFinished(() => rmSync(workingDirectory, { recursive: true, force: true }));
  const options = { url: "http://localhost:7778", env: {}, workingDirectory };
  const now = Date.now() / 1_000;
  await withMachine(options, async ({ store }) => {
    await addEntries(store, now - youngDays * DAY, 1, "acme");
    await addEntries(store, now - oldDays * DAY, 2, "acme");
  });
  const controlPlane = createControlPlane({ ...options, retention, logger: createTestLogger() });
  onTestFinished(() => controlPlane.close());
  await controlPlane.ready();
  await expect
    .poll(async () =>
      (await withMachine(options, ({ store }) => readEntries(store))).map(({ action }) => action),
    )
    .toEqual(["test.done", "audit.swept"]);
});
