import { expect, it } from "vitest";
import { COUNTED_TABLES } from "./sql-status.ts";
import { listTablesWith } from "./test-database.fixture.ts";

it("looks at every table that has rows of a deployment", async () => {
  // Servers are counted in their own way, and sums are not counted.
  const others = ["agentos_nodes", "agentos_usage"];
  expect(await listTablesWith("deployment")).toEqual([...COUNTED_TABLES, ...others].toSorted());
});
