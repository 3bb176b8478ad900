import type { Owner } from "@agentos/auth";
import { createTestClock, createTestLogger } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import type { LimitFault } from "./input-fault.ts";
import { createLimitLog } from "./limit-log.ts";

const route = "POST /agents/{agent_id}/runs";
const fault: LimitFault = { code: "RUN_CALLER_LIMIT", limit: 2 };
const owner = (id: string, kind: Owner["kind"] = "user"): Owner => ({ issuer: "corp", kind, id });

function start(options?: { readonly maxCounts: number }) {
  const clock = createTestClock();
  const logger = createTestLogger();
  const log = createLimitLog({ clock, logger }, options);
  return {
    clock,
    entries: logger.entries,
    refuse: (caller: Owner, of: LimitFault = fault) => log.note(of, { caller, route }),
  };
}

describe("a refusal for want of room", () => {
  it("is one warning that names code, limit, caller, route and fix", () => {
    const { entries, refuse } = start();
    refuse(owner("alice"));
    expect(entries).toEqual([
      {
        level: "warn",
        facts: {
          code: "RUN_CALLER_LIMIT",
          limit: 2,
          caller: { issuer: "corp", kind: "user", id: "alice" },
          route,
          count: 1,
          fix: expect.stringContaining('"limits.activeRunsPerCaller"') as string,
        },
        text: "active runs of this caller: 2, the most that one caller may have",
      },
    ]);
  });

  it("of a flood is told at one, ten, a hundred and a thousand, and anew after ten minutes", () => {
    const { clock, entries, refuse } = start();
    const counts = () => entries.splice(0).map(({ facts }) => facts["count"]);
    for (let time = 0; time < 5_000; time++) refuse(owner("alice"));
    expect(counts()).toEqual([1, 10, 100, 1_000]);
    clock.advance(599);
    refuse(owner("alice"));
    expect(counts()).toEqual([]);
    clock.advance(1);
    refuse(owner("alice"));
    expect(counts()).toEqual([1]);
  });

  it("is counted apart by code, issuer, kind and id", () => {
    const { entries, refuse } = start();
    refuse(owner("alice"));
    refuse(owner("bob"));
    refuse(owner("alice", "service_account"));
    refuse({ ...owner("alice"), issuer: "partner" });
    refuse(owner("alice"), { code: "RUN_SERVER_LIMIT", limit: 3 });
    expect(entries).toHaveLength(5);
  });

  it.each(["anonymous", "security_key"] as const)("of a caller without a name says %s", (kind) => {
    const { entries, refuse } = start();
    refuse(owner("", kind));
    expect(entries[0]?.facts["caller"]).toBe(kind);
  });

  it("of ever new callers costs bounded memory and lines, and leaves those alone who are known", () => {
    const { entries, refuse } = start({ maxCounts: 3 });
    for (let index = 0; index < 1_000; index++) refuse(owner(`user-${index}`));
    const callers = entries.map(({ facts: { caller, count } }) => [
      typeof caller === "string" ? caller : (caller as Owner).id,
      count,
    ]);
    expect(callers).toEqual([
      ["user-0", 1],
      ["user-1", 1],
      ["user-2", 1],
      ["several", 1],
      ["several", 10],
      ["several", 100],
    ]);
    for (let time = 0; time < 9; time++) refuse(owner("user-0"));
    expect(entries.at(-1)?.facts).toMatchObject({ caller: { id: "user-0" }, count: 10 });
  });
});
