import { auditListSchema, auditQuerySchema } from "@agentos/contract/control-plane";
import { afterEach, describe, expect, it } from "vitest";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../../store/test-store.fixture.ts";
import { listAudit } from "./list-audit.ts";

describe.each(TEST_DIALECTS)("the audit list on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  async function open() {
    test = await openTestStore(dialect);
    for (const [organizationId, action, personId, target] of [
      ["acme", "member.added", "ada", "mia"],
      ["acme", "member.removed", "bob", "mia"],
      ["other", "member.added", "ada", "mia"],
      [null, "session.created", "ada", "ada"],
      ["acme", "member.added", "ada", "cid"],
    ] as const)
      await test.store.change({ kind: "person", personId, name: personId }, (change) =>
        change.audit({
          organizationId,
          action,
          target: { kind: "person", id: target },
          after: { role: "member" },
        }),
      );
  }
  const list = (query: Readonly<Record<string, string>> = {}) =>
    test.store.read((db) => listAudit(db, "acme", auditQuerySchema.parse(query)));

  it("shows what was changed in this organization, newest first", async () => {
    await open();
    const page = await list();
    const answer = { ...page, kept_days: 400 };
    expect(auditListSchema.parse(answer)).toEqual(answer);
    expect(page.next).toBeNull();
    expect(page.data.map(({ action, target }) => `${action} ${target.id}`)).toEqual([
      "member.added cid",
      "member.removed mia",
      "member.added mia",
    ]);
    expect(page.data[0]).toMatchObject({
      at: test.clock.now,
      actor: { kind: "person", person_id: "ada", name: "ada", session_id: null, address: null },
      before: null,
      after: { role: "member" },
    });
  });

  it.each([
    [{ action: "member.added" }, ["cid", "mia"]],
    [{ person_id: "bob" }, ["mia"]],
    [{ target_id: "mia", action: "member.added" }, ["mia"]],
    [{ target_id: "nobody" }, []],
    [{ action: "' or 1=1 --" }, []],
  ] as const)("is narrowed by %j", async (query, targets) => {
    await open();
    expect((await list(query)).data.map(({ target }) => target.id)).toEqual(targets);
  });

  it("comes in pages, none of which repeats or leaves out an entry", async () => {
    await open();
    const seen: number[] = [];
    let before: number | null = null;
    do {
      const page = await list({ limit: "1", ...(before === null ? {} : { before: String(before) }) });
      seen.push(...page.data.map(({ number }) => number));
      before = page.next;
    } while (before !== null);
    expect(seen).toEqual((await list()).data.map(({ number }) => number));
  });

  it.each([
    { limit: "0" },
    { limit: "101" },
    { before: "0" },
    { before: "1.5" },
    { before: "1e300" },
    { limit: "x" },
  ])("takes no %j", (query) => {
    expect(auditQuerySchema.safeParse(query).success).toBe(false);
  });
});
