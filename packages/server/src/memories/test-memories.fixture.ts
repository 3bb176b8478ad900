/** For tests: memories that are forgotten with the test, and those of one run. */
import type { Owner } from "@agentos/auth";
import type { RunMemories } from "../runs/run-memories.ts";
import { ALICE, createTestRuntime, type TestRuntime } from "../runs/test-run.fixture.ts";
import { createVolatileMemoryStore } from "../stores/volatile-memory-store.ts";
import { createMemoryService, type MemoryService } from "./memory-service.ts";
import type { MemoryStore } from "./memory-store.ts";

export interface TestMemories {
  readonly store: MemoryStore;
  readonly service: MemoryService;
  readonly runtime: TestRuntime;
  /** Those of a run of this owner; Alice's by default. */
  of(owner?: Owner): RunMemories;
  /** What is kept, the newest last. */
  texts(owner?: Owner): Promise<readonly string[]>;
}

export function createTestMemories(): TestMemories {
  const store = createVolatileMemoryStore();
  const runtime = createTestRuntime();
  const service = createMemoryService({ store, runtime });
  return {
    store,
    service,
    runtime,
    of(owner = ALICE.owner) {
      const memories = service.ofRun({ owner, component: { kind: "agent", id: "a1" } });
      if (memories === undefined) throw new Error("nobody is named");
      return memories;
    },
    async texts(owner = ALICE.owner) {
      const query = { sortBy: "createdAt", sortOrder: "asc", limit: 100, page: 1 } as const;
      return (await store.list({ kind: "user", owner }, query)).memories.map(({ memory }) => memory);
    },
  };
}
