// What a browser has to load before the first page is there. The limit is the issue's: 250 kB of script, compressed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

const FOLDER = join(import.meta.dirname, "../../packages/control-plane/console");
const LIMIT_BYTES = 250_000;

test("the first load has less than 250 kB of script", () => {
  const manifest = JSON.parse(readFileSync(join(FOLDER, "manifest.json"), "utf8")) as Record<string, Chunk>;
  const wanted = Object.keys(manifest).filter((name) => manifest[name]?.isEntry === true);
  const loaded = new Set<string>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    wanted.push(...(manifest[name]?.imports ?? []));
  }
  const files = [...loaded].map((name) => manifest[name]?.file ?? "").filter((file) => file.endsWith(".js"));
  const bytes = files.map((file) => gzipSync(readFileSync(join(FOLDER, file)), { level: 9 }).length);
  const sum = bytes.reduce((total, size) => total + size, 0);
  expect(files.length).toBeGreaterThan(0);
  expect(sum).toBeLessThan(LIMIT_BYTES);
});
