import { describe, expect, it } from "vitest";
import { hashRequest, readIdempotencyKey } from "./request-hash.ts";
import type { RunForm } from "./run-form.ts";
import { form } from "./test-run.fixture.ts";

const agent = { kind: "agent", id: "a" } as const;
const file = (id: string, ...bytes: number[]) =>
  ({
    kind: "file",
    id,
    mimeType: "text/plain",
    source: { type: "bytes", bytes: Uint8Array.from(bytes) },
  }) as const;
const asked: RunForm = form("hi", { sessionId: "s", dependencies: { a: 1 }, media: [file("made-up", 1, 2)] });

describe("the hash of a request", () => {
  it("is the same for the same request, whatever ids the server made up", () => {
    expect(hashRequest(agent, { ...asked, media: [file("another", 1, 2)] })).toBe(hashRequest(agent, asked));
  });

  it.each<[string, Partial<RunForm>]>([
    ["message", { message: "ho" }],
    ["stream", { stream: false }],
    ["background", { background: true }],
    ["session", { sessionId: "t" }],
    ["user", { userId: "u" }],
    ["state", { sessionState: {} }],
    ["dependencies", { dependencies: { a: 2 } }],
    ["metadata", { metadata: { a: 1 } }],
    ["bytes", { media: [file("made-up", 1, 3)] }],
    ["number of files", { media: [file("made-up", 1), file("made-up", 2)] }],
  ])("is another one for another %s", (_, change) => {
    expect(hashRequest(agent, { ...asked, ...change })).not.toBe(hashRequest(agent, asked));
  });

  it("is another one for another agent", () => {
    expect(hashRequest({ kind: "team", id: "a" }, asked)).not.toBe(hashRequest(agent, asked));
    expect(hashRequest({ kind: "agent", id: "b" }, asked)).not.toBe(hashRequest(agent, asked));
  });
});

describe("the key of a request", () => {
  const read = (value: string) => readIdempotencyKey(new Headers({ "idempotency-key": value }));

  it("may be missing, bare or quoted", () => {
    expect(readIdempotencyKey(new Headers())).toEqual({ ok: true, value: undefined });
    for (const value of ["order-1", '"order-1"']) expect(read(value)).toEqual({ ok: true, value: "order-1" });
    expect(read("k".repeat(255))).toMatchObject({ ok: true });
  });

  it.each(["", '""', "two words", "k".repeat(256), 'a"b', "a\\b", "caf\u00e9"])(
    "is refused as %j",
    (value) => {
      expect(read(value)).toMatchObject({ ok: false, fault: { status: 400 } });
    },
  );
});
