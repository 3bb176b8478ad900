import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureDevKey } from "./dev-key.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentos-dev-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("ensureDevKey", () => {
  it("gives two starts at the same moment the same key, and leaves nothing half written", async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensureDevKey(folder, "agentos")));
    expect(new Set(made.map(({ key }) => key.kid)).size).toBe(1);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    const names = readdirSync(join(folder, ".agentos")).toSorted((a, b) => a.localeCompare(b));
    expect(names).toEqual([".gitignore", "dev-private.pem", "dev-public.pem"]);
    for (const name of names) expect(statSync(join(folder, ".agentos", name)).mode & 0o777).toBe(0o600);
  });

  it("lets the public half follow a private one that was deleted", async () => {
    const first = await ensureDevKey(folder, "agentos");
    unlinkSync(join(folder, ".agentos/dev-private.pem"));
    const second = await ensureDevKey(folder, "agentos");
    expect(second.key.kid).not.toBe(first.key.kid);
    expect(readFileSync(join(folder, ".agentos/dev-public.pem"), "utf8")).toBe(second.publicPem);
  });

  it("closes a folder and a key that others could read", async () => {
    await ensureDevKey(folder, "agentos");
    chmodSync(join(folder, ".agentos"), 0o755);
    chmodSync(join(folder, ".agentos/dev-private.pem"), 0o644);
    await ensureDevKey(folder, "agentos");
    expect(statSync(join(folder, ".agentos")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, ".agentos/dev-private.pem")).mode & 0o777).toBe(0o600);
  });

  it("does not follow a link to a place that others may read", async () => {
    symlinkSync(tmpdir(), join(folder, ".agentos"));
    await expect(ensureDevKey(folder, "agentos")).rejects.toThrow("is not a folder");
  });
});
