/** Databases for servers under test: an empty one for each call, removed at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { afterAll } from "vitest";

/** What an AgentOS can keep its data in. */
export const DATABASES = ["sqlite", "postgres"] as const;

const removals: (() => Promise<void> | void)[] = [];

/** For the option `database`. */
export async function createDatabase(kind: (typeof DATABASES)[number]): Promise<string> {
  if (kind === "postgres") {
    const { url, drop } = await createTestPostgres();
    removals.push(drop);
    return url;
  }
  const folder = mkdtempSync(join(tmpdir(), "agentos-e2e-"));
  removals.push(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "agentos.db")}`;
}

// Registered before the servers' own: those are closed first. To drop a database that was full takes longer where others work.
afterAll(async () => {
  for (const remove of removals) await remove();
}, 60_000);
