import { createMemoryRevocationStore } from "./memory-revocation-store.ts";
import { revocationStoreSuite } from "./revocation-store.suite.ts";

revocationStoreSuite("the store in memory", (capacity) =>
  createMemoryRevocationStore({
    now: () => Date.now() / 1_000,
    ...(capacity === undefined ? {} : { capacity }),
  }),
);
