import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleScript } from "./bundle-script.ts";

const run = (file: string): string => execFileSync(process.execPath, [file], { encoding: "utf8" });

/** A script and what it imports. */
function makeScript(said: string) {
  const folder = mkdtempSync(join(tmpdir(), "agentos-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (text: string) =>
    writeFileSync(join(folder, "said.ts"), `export const said: string = "${text}";`);
  write(said);
  writeFileSync(join(folder, "say.ts"), 'import { said } from "./said.ts";\nconsole.log(said);');
  return { script: join(folder, "say.ts"), write };
}

test("does what the script does, from the same file as long as the source is the same", async () => {
  const { script } = makeScript("hello");
  const { file } = await bundleScript(script);
  expect(run(file)).toBe("hello\n");
  expect((await bundleScript(script)).file).toBe(file);
});

test("is never that of a source that was there before", async () => {
  const { script, write } = makeScript("before");
  const before = await bundleScript(script);
  write("after");
  expect(run((await bundleScript(script)).file)).toBe("after\n");
  expect(run(before.file)).toBe("before\n");
});

test("is made once by several that ask at the same time", async () => {
  const { script } = makeScript("once");
  const bundled = await Promise.all([bundleScript(script), bundleScript(script), bundleScript(script)]);
  expect(new Set(bundled.map(({ file }) => file)).size).toBe(1);
  expect(run(bundled[0]?.file ?? "")).toBe("once\n");
});

test("is made again in place of what an interrupted removal has left", async () => {
  const { script } = makeScript("again");
  const { file, compileCache } = await bundleScript(script);
  mkdirSync(compileCache);
  rmSync(file);
  expect(run((await bundleScript(script)).file)).toBe("again\n");
});
