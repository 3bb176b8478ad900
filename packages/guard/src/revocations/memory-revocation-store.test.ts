import { createMemoryRevocationStore } from "./memory-revocation-store.ts";
import { revocationStoreSuite } from "./revocation-store.suite.ts";

revocationStoreSuite("the store in memory", (room) =>
  createMemoryRevocationStore({ now: () => Date.now() / 1_000, ...room }),
);
