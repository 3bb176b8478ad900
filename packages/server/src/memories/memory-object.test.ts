import { expect, it } from "vitest";
import { toMemoryObject } from "./memory-object.ts";

const stored = {
  memoryId: "m1",
  owner: { issuer: "primary", kind: "user", id: "ada" },
  memory: "Likes tea",
  topics: [],
  agentId: undefined,
  teamId: undefined,
  createdAt: 1_795_474_330,
} as const;

it.each([
  [1_795_474_330, "2026-11-23T22:52:10Z"],
  [1_795_474_330.25, "2026-11-23T22:52:10.250Z"],
])("a memory says when it was changed as the contract writes times: %s", (updatedAt, text) => {
  expect(toMemoryObject({ ...stored, updatedAt }).updated_at).toBe(text);
});
