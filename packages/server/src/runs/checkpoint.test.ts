import { ADMIN_SCOPE } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { RunPlan } from "./resolve-run.ts";
import { ALICE, createTestIdentity } from "./test-run.fixture.ts";

const lease = {
  runId: "r1",
  key: { owner: ALICE.owner, component: { kind: "agent", id: "a" }, sessionId: "s" },
} as const;
const caller = createTestIdentity({
  ...ALICE,
  scopes: ["agents:run", "sessions:read"],
  withheldScopes: ["agent_os:admin"],
  claims: { sub: "alice", nested: { list: [1, null] } },
  dependencies: { tenant: "t1" },
  expiresAt: 1_900_000_000,
  keyLabel: "first",
  keyThumbprint: "print",
  token: { id: "jti-1", signingInputHash: undefined, signInId: "sid-1", issuedAt: 1_800_000_000 },
});
const plan: RunPlan = {
  ...lease,
  scope: { kind: "all" },
  caller,
  input: {
    message: "hello",
    media: [
      {
        kind: "image",
        id: "m1",
        mimeType: "image/png",
        filename: "a.png",
        source: { type: "bytes", bytes: Uint8Array.of(0, 255, 7) },
      },
      {
        kind: "file",
        id: "m2",
        mimeType: "application/pdf",
        source: { type: "url", url: "https://media.test/a.pdf" },
      },
    ],
  },
  sessionState: { mood: "good" },
  dependencies: { tenant: "t1" },
  formDependencies: { tenant: "form" },
  metadata: { from: "test" },
  isNewSession: true,
};
const text = writeCheckpoint(plan);
const read = (json: string) => readCheckpoint(json, { lease, adminScope: ADMIN_SCOPE });
/** The same text, changed in one place. */
const changed = (change: (value: Record<string, unknown>) => void) => {
  const value = JSON.parse(text) as Record<string, unknown>;
  change(value);
  return JSON.stringify(value);
};

describe("what a run needs to begin", () => {
  it("is read as it was written, for the owner of the run and as the caller who asked", () => {
    expect(read(text)).toEqual({
      ...plan,
      scope: { kind: "user", owner: ALICE.owner },
      isNewSession: false,
    });
  });

  it("gives the caller the scopes that it had, by the rules in force", () => {
    const found = read(text);
    if (typeof found === "string") throw new Error(found);
    expect(found.caller.grants).toEqual(caller.grants);
  });

  it("holds nothing of what the server compiled", () => {
    expect(JSON.parse(text)).not.toHaveProperty("caller.grants");
  });

  it.each([
    ["is no JSON", "{"],
    ["is no object", "[]"],
    ["has no version", changed((value) => delete value["version"])],
    ["has no caller", changed((value) => delete value["caller"])],
    ["has a caller of no kind", changed((value) => (value["caller"] = { ...caller, kind: "root" }))],
    ["has scopes that are no texts", changed((value) => (value["caller"] = { ...caller, scopes: [1] }))],
    [
      "has bytes that are no base64",
      changed(
        (value) => (value["media"] = [{ ...plan.input.media[0], source: { type: "bytes", base64: "*" } }]),
      ),
    ],
    ["has a key that nobody wrote", changed((value) => (value["more"] = 1))],
  ])("is damaged where it %s", (_, json) => {
    expect(read(json)).toBe("damaged");
  });

  it("is another version's where it says so, whatever else it has", () => {
    expect(read('{"version":2,"what":"ever"}')).toBe("unknown");
  });
});
