import { expect, it } from "vitest";
import { ERASED_BY_OWNER } from "./sql-erase.ts";
import { listTablesWith } from "./test-database.fixture.ts";

it("erases from every table that has rows of an owner", async () => {
  expect(await listTablesWith("owner_id")).toEqual([...ERASED_BY_OWNER, "agentos_denials"].toSorted());
});
