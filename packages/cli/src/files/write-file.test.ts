import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import { createFile, isFolderOpenToAll, isOwnedByUs, replaceFile } from "./write-file.ts";

const modeOf = (path: string) => lstatSync(path).mode & 0o777;

test("a new file has the mode that was asked for, and nothing else is left in the folder", async () => {
  const folder = makeFolder();
  const umask = process.umask(0o077);
  try {
    expect(await createFile({ path: join(folder, "public"), content: "p", mode: 0o644 })).toBe(true);
  } finally {
    process.umask(umask);
  }
  expect(await createFile({ path: join(folder, "private"), content: "k", mode: 0o600 })).toBe(true);
  expect([modeOf(join(folder, "public")), modeOf(join(folder, "private"))]).toEqual([0o644, 0o600]);
  expect(readdirSync(folder).toSorted((a, b) => a.localeCompare(b))).toEqual(["private", "public"]);
});

test("what has the name is never written to by creating: a file, a link, a link that leads nowhere", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "victim"), "old");
  symlinkSync(join(folder, "victim"), join(folder, "link"));
  symlinkSync(join(folder, "absent"), join(folder, "dangling"));
  for (const name of ["victim", "link", "dangling"])
    expect(await createFile({ path: join(folder, name), content: "new", mode: 0o600 })).toBe(false);
  expect(readFileSync(join(folder, "victim"), "utf8")).toBe("old");
  expect(readdirSync(folder)).toHaveLength(3);
});

test("replacing puts a new file in the place of a link, a hard link or an open file", async () => {
  const folder = makeFolder();
  const victim = join(folder, "victim");
  writeFileSync(victim, "old", { mode: 0o644 });
  symlinkSync(victim, join(folder, "symbolic"));
  linkSync(victim, join(folder, "hard"));
  for (const name of ["symbolic", "hard"]) {
    const path = join(folder, name);
    await replaceFile({ path, content: "new", mode: 0o600 });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(lstatSync(path).isFile()).toBe(true);
    expect(modeOf(path)).toBe(0o600);
  }
  expect([readFileSync(victim, "utf8"), statSync(victim).nlink]).toEqual(["old", 1]);
});

test("a folder of that name stays, and no temporary file does", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "taken"));
  await expect(replaceFile({ path: join(folder, "taken"), content: "x", mode: 0o600 })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(["taken"]);
});

test("a folder that everybody may write to is told from one with the sticky bit", async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o777);
  expect(await isFolderOpenToAll(folder)).toBe(true);
  chmodSync(folder, 0o1777);
  expect(await isFolderOpenToAll(folder)).toBe(false);
  chmodSync(folder, 0o775);
  expect(await isFolderOpenToAll(folder)).toBe(false);
  expect(await isOwnedByUs(folder)).toBe(true);
});
