import type { Owner } from "@agentos/auth";
import { LIMITS, placesOf } from "@agentos/contract";
import type { LimitFault } from "@agentos/guard/app";
import { describe, expect, it } from "vitest";
import { createRunLedger, type RunLedger, type RunLimits, type RunTicket } from "./run-ledger.ts";
import { NOBODY_OWNER, ownerNamed } from "./test-run.fixture.ts";

const ROOMY: RunLimits = {
  activeRuns: 100,
  activeRunsPerCaller: 100,
  unreadStreams: 100,
  unreadStreamsPerCaller: 100,
  runBytes: 10_000,
  runBytesPerCaller: 10_000,
};
const alice = ownerNamed("alice");
const bob = ownerNamed("bob");

const ask = (ledger: RunLedger, caller: Owner, { bytes = 0 } = {}) => ledger.admit(caller, bytes);

function take(
  ledger: RunLedger,
  caller: Owner,
  { bytes = 0, cut = (_fault: LimitFault) => {} } = {},
): RunTicket {
  const admitted = ledger.admit(caller, bytes);
  if (!admitted.ok) throw new Error(admitted.fault.code);
  admitted.value.onEvicted(cut);
  return admitted.value;
}

describe("the limits of runs", () => {
  it("hold for one caller, and leave room for another", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRunsPerCaller: 2 });
    const first = take(ledger, alice);
    take(ledger, alice);
    expect(ask(ledger, alice)).toEqual({ ok: false, fault: { code: "RUN_CALLER_LIMIT", limit: 2 } });
    for (const other of [bob, ownerNamed("alice", { issuer: "partner" })])
      expect(ask(ledger, other)).toMatchObject({ ok: true });
    first.endRun();
    expect(ask(ledger, alice)).toMatchObject({ ok: true });
  });

  it("hold for all callers together, whoever asks", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRuns: 2 });
    take(ledger, alice);
    take(ledger, NOBODY_OWNER);
    expect(ask(ledger, bob)).toEqual({ ok: false, fault: { code: "RUN_SERVER_LIMIT", limit: 2 } });
  });

  it("of one caller do not hold for those who share a nameless credential", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRunsPerCaller: 1 });
    take(ledger, NOBODY_OWNER);
    expect(ask(ledger, NOBODY_OWNER)).toMatchObject({ ok: true });
  });

  it("count a stream that is open after its run as unread, until it is closed", () => {
    const ledger = createRunLedger({ ...ROOMY, unreadStreams: 2, unreadStreamsPerCaller: 1 });
    const ticket = take(ledger, alice);
    ticket.openStream();
    expect(ask(ledger, alice)).toMatchObject({ ok: true });
    ticket.endRun();
    expect(ask(ledger, alice)).toEqual({ ok: false, fault: { code: "RUN_CALLER_UNREAD", limit: 1 } });
    const other = take(ledger, bob);
    other.openStream();
    other.endRun();
    expect(ask(ledger, NOBODY_OWNER)).toEqual({ ok: false, fault: { code: "RUN_SERVER_UNREAD", limit: 2 } });
    ticket.closeStream();
    ticket.closeStream();
    other.closeStream();
    expect(ask(ledger, alice)).toMatchObject({ ok: true });
  });

  it("refuse what is larger than the room that is left, by whom it is missing", () => {
    const ledger = createRunLedger({ ...ROOMY, runBytes: 1_000, runBytesPerCaller: 600 });
    const first = take(ledger, alice, { bytes: 500 });
    expect(ask(ledger, alice, { bytes: 101 })).toMatchObject({ fault: { code: "RUN_CALLER_MEMORY" } });
    expect(ask(ledger, alice, { bytes: 100 })).toMatchObject({ ok: true });
    expect(ask(ledger, bob, { bytes: 401 })).toMatchObject({ fault: { code: "RUN_SERVER_MEMORY" } });
    first.endRun();
    expect(ask(ledger, bob, { bytes: 401 })).toMatchObject({ ok: true });
  });

  it("tell what never fits that it does not, whatever else runs", () => {
    const ledger = createRunLedger({ ...ROOMY, runBytes: 1_000, runBytesPerCaller: 600 });
    const never = (limit: number, needed: number) => ({ code: "RUN_REQUEST_TOO_LARGE", limit, needed });
    expect(ask(ledger, alice, { bytes: 601 })).toMatchObject({ fault: never(600, 601) });
    expect(ask(ledger, NOBODY_OWNER, { bytes: 601 })).toMatchObject({ ok: true });
    expect(ask(ledger, NOBODY_OWNER, { bytes: 1_001 })).toMatchObject({ fault: never(1_000, 1_001) });
    const ticket = take(ledger, alice, { bytes: 200 });
    expect(ticket.reserve(401)).toEqual(never(600, 601));
  });

  it("give to what does not say how much it needs all that it may have, or nothing", () => {
    const ledger = createRunLedger({ ...ROOMY, runBytesPerCaller: 600 });
    const all = ledger.admit(alice, undefined);
    expect(all).toMatchObject({ ok: true });
    expect(ledger.admit(alice, undefined)).toMatchObject({ fault: { code: "RUN_CALLER_MEMORY" } });
    if (!all.ok) throw new Error(all.fault.code);
    expect(all.value.bytes()).toBe(600);
    all.value.reserve(-590);
    expect(ask(ledger, alice, { bytes: 500 })).toMatchObject({ ok: true });
  });

  it("let the largest run of the largest caller pay when the bytes are used up all the same", () => {
    const ledger = createRunLedger({ ...ROOMY, runBytes: 1_000 });
    const cut: string[] = [];
    const grow = (caller: Owner, name: string, bytes: number) =>
      take(ledger, caller, { cut: () => cut.push(name) }).grow(bytes);
    grow(alice, "small", 100);
    grow(bob, "bob's first", 300);
    grow(bob, "bob's second", 400);
    expect(cut).toEqual([]);
    grow(alice, "alice's", 250);
    expect(cut).toEqual(["bob's second"]);
  });

  it("let a caller who outgrows its own share pay, though there is room, and say which share", () => {
    const ledger = createRunLedger({ ...ROOMY, runBytesPerCaller: 500 });
    const cut: [string, LimitFault][] = [];
    const ticket = take(ledger, alice, { cut: (fault) => cut.push(["alice's", fault]) });
    take(ledger, bob, { cut: (fault) => cut.push(["bob's", fault]) }).grow(400);
    ticket.grow(500);
    expect(cut).toEqual([]);
    ticket.grow(1);
    expect(cut).toEqual([["alice's", { code: "RUN_CALLER_MEMORY", limit: 500 }]]);
  });

  it("are asked before a run that is there already holds more, and nothing is counted of what is refused", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRunsPerCaller: 2, runBytesPerCaller: 500 });
    const [ticket, other] = [take(ledger, alice, { bytes: 100 }), take(ledger, alice, { bytes: 300 })];
    expect(ticket.reserve(101)).toEqual({ code: "RUN_CALLER_MEMORY", limit: 500 });
    expect(ticket.reserve(100)).toBeUndefined();
    expect(ticket.reserve(1)).toMatchObject({ code: "RUN_CALLER_MEMORY" });
    other.grow(-100);
    expect([ticket.reserve(1), ticket.bytes()]).toEqual([undefined, 201]);
  });

  it("count nothing twice when a run ends twice or grows after its end", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRuns: 1, runBytes: 100 });
    const ticket = take(ledger, alice, { bytes: 100 });
    ticket.endRun();
    ticket.endRun();
    ticket.grow(1_000);
    expect(ledger.activeRuns).toBe(0);
    expect(ask(ledger, alice, { bytes: 100 })).toMatchObject({ ok: true });
    expect(ledger.activeRuns).toBe(1);
  });

  it("are said with the facts of a limit, and with no others", () => {
    const facts = ["limit", "needed", "depth", "field"];
    // Signing in is the control plane's, which puts its own command into its answers.
    const ours = Object.entries(LIMITS).filter(([code]) => !/^(SIGN_IN|LINK)_/.test(code));
    for (const [, { title, detail, fix }] of ours)
      expect([title, detail, fix].flatMap(placesOf).filter((name) => !facts.includes(name))).toEqual([]);
  });
});

describe("an idle ledger", () => {
  it("tells when the last run has ended, open streams or not", () => {
    const ledger = createRunLedger(ROOMY);
    let told = 0;
    const stop = ledger.onIdle(() => told++);
    const [one, other] = [take(ledger, alice), take(ledger, bob)];
    one.openStream();
    one.endRun();
    expect(told).toBe(0);
    other.endRun();
    expect(told).toBe(1);
    stop();
    take(ledger, alice).endRun();
    expect(told).toBe(1);
  });
});

describe("a request that can wait", () => {
  const full = () => {
    const ledger = createRunLedger({ ...ROOMY, activeRuns: 1, runBytes: 100 });
    return { ledger, held: take(ledger, bob) };
  };

  it("is let in without a place, and told what it lacks", () => {
    const { ledger, held } = full();
    const admitted = ledger.admit(alice, 10, { mayWait: true });
    expect(admitted).toMatchObject({ ok: true, value: { excess: { code: "RUN_SERVER_LIMIT", limit: 1 } } });
    expect(ledger.activeRuns).toBe(1);
    if (admitted.ok) admitted.value.endRun();
    expect(ledger.activeRuns).toBe(1);
    held.endRun();
    expect(ledger.admit(alice, 0, { mayWait: true })).toMatchObject({
      ok: true,
      value: { excess: undefined },
    });
  });

  it("is refused where memory is short, and where a hundred others are read already", () => {
    const { ledger } = full();
    expect(ledger.admit(alice, 101, { mayWait: true })).toMatchObject({
      fault: { code: "RUN_REQUEST_TOO_LARGE" },
    });
    const waiting = Array.from({ length: 100 }, () => ledger.admit(alice, 1, { mayWait: true }));
    expect(waiting.every(({ ok }) => ok)).toBe(true);
    expect(ledger.admit(alice, 0, { mayWait: true })).toMatchObject({ fault: { code: "RUN_SERVER_LIMIT" } });
    const [first] = waiting;
    if (first?.ok === true) first.value.endRun();
    expect(ledger.admit(alice, 0, { mayWait: true })).toMatchObject({ ok: true });
  });
});

describe("places for runs that wait", () => {
  it("are those that are left, of a named caller as many as one may have", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRuns: 3, activeRunsPerCaller: 2 });
    expect([ledger.placesFor(), ledger.placesFor(alice), ledger.placesFor(NOBODY_OWNER)]).toEqual([3, 2, 3]);
    const [first] = [take(ledger, alice), take(ledger, alice)];
    expect([ledger.placesFor(), ledger.placesFor(alice), ledger.placesFor(bob)]).toEqual([1, 0, 1]);
    expect(ledger.fullCallers()).toEqual([alice]);
    first?.endRun();
    expect(ledger.fullCallers()).toEqual([]);
  });
});

describe("somebody who only reads", () => {
  it("counts as an unread stream until it closes, and never as a run", () => {
    const ledger = createRunLedger({ ...ROOMY, activeRuns: 1, unreadStreams: 1 });
    const reader = ledger.admit(alice, 10, { isReader: true });
    if (!reader.ok) throw new Error(reader.fault.code);
    expect(ledger.activeRuns).toBe(0);
    expect(ledger.admit(alice, 10, { isReader: true })).toMatchObject({
      fault: { code: "RUN_SERVER_UNREAD" },
    });
    reader.value.closeStream();
    expect(ledger.admit(alice, 10, { isReader: true })).toMatchObject({ ok: true });
  });
});
