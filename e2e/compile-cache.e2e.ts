// What the command keeps between runs is code that it runs: it is kept where only its user can write, or not at all.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const COMMAND = fileURLToPath(new URL("../packages/cli/bin/agentos.js", import.meta.url));
const NOBODY = 65_534;

/** A folder of this user, and one that stands for the system's folder for temporary files. */
function prepare() {
  const root = mkdtempSync(join(tmpdir(), "agentos-compile-cache-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const shared = join(root, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  const cacheHome = join(root, "cache");
  return { root, shared, cacheHome, own: join(cacheHome, "agentos", "compile-cache") };
}

function run({ shared, cacheHome }: { readonly shared: string; readonly cacheHome: string }): void {
  const env = { PATH: process.env["PATH"] ?? "", TMPDIR: shared, XDG_CACHE_HOME: cacheHome };
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, "--version"], { env, encoding: "utf8" });
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d/) as unknown });
}

test("keeps compiled code in a folder that only its user can open, and nothing in the shared one", () => {
  const place = prepare();
  run(place);
  expect(readdirSync(place.shared)).toEqual([]);
  expect(readdirSync(place.own)).not.toEqual([]);
  expect(lstatSync(place.own).mode & 0o777).toBe(0o700);
});

test("reads nothing that another user has put into the shared folder", () => {
  const place = prepare();
  const planted = join(place.shared, "node-compile-cache");
  mkdirSync(planted);
  chmodSync(planted, 0o777);
  run(place);
  expect(readdirSync(place.shared)).toEqual(["node-compile-cache"]);
  expect(readdirSync(planted)).toEqual([]);
});

test("leaves a folder alone that is a link, open to others, or below one that others can write to", () => {
  const linked = prepare();
  const elsewhere = join(linked.root, "elsewhere");
  mkdirSync(elsewhere, { mode: 0o700 });
  mkdirSync(join(linked.cacheHome, "agentos"), { recursive: true, mode: 0o700 });
  symlinkSync(elsewhere, linked.own);
  run(linked);
  expect(readdirSync(elsewhere)).toEqual([]);

  const open = prepare();
  mkdirSync(open.own, { recursive: true, mode: 0o700 });
  chmodSync(open.own, 0o770);
  run(open);
  expect(readdirSync(open.own)).toEqual([]);

  const below = prepare();
  mkdirSync(below.own, { recursive: true, mode: 0o700 });
  chmodSync(below.cacheHome, 0o777);
  run(below);
  expect(readdirSync(below.own)).toEqual([]);

  // The twin: the same folder, once nobody else can write above it.
  chmodSync(below.cacheHome, 0o700);
  run(below);
  expect(readdirSync(below.own)).not.toEqual([]);
});

test.runIf(process.geteuid?.() === 0)("leaves a folder of another user alone", () => {
  const place = prepare();
  mkdirSync(place.own, { recursive: true, mode: 0o700 });
  chownSync(place.own, NOBODY, NOBODY);
  run(place);
  expect(readdirSync(place.own)).toEqual([]);
  chownSync(place.own, 0, 0);
  run(place);
  expect(readdirSync(place.own)).not.toEqual([]);
});

test.each([[""], ["home"]])("makes nothing in the folder where it is run when HOME is %j", (home) => {
  const { root } = prepare();
  const env = { PATH: process.env["PATH"] ?? "", HOME: home };
  const { status } = spawnSync(process.execPath, [COMMAND, "--version"], { env, cwd: root });
  expect(status).toBe(0);
  expect(readdirSync(root)).toEqual(["shared"]);
});

test.runIf(process.geteuid?.() === 0)(
  "makes nothing in the home of another user, nor behind their link",
  () => {
    const place = prepare();
    mkdirSync(place.cacheHome);
    chownSync(place.cacheHome, NOBODY, NOBODY);
    run(place);
    expect(readdirSync(place.cacheHome)).toEqual([]);
    const theirs = join(place.root, "theirs");
    mkdirSync(theirs);
    symlinkSync(theirs, join(place.cacheHome, "agentos"));
    chownSync(theirs, NOBODY, NOBODY);
    run(place);
    expect(readdirSync(theirs)).toEqual([]);
    chownSync(theirs, 0, 0);
    chownSync(place.cacheHome, 0, 0);
    run(place);
    expect(readdirSync(theirs)).not.toEqual([]);
  },
);

test("works without a cache where no folder can be made", () => {
  const place = prepare();
  const nowhere = { ...place, cacheHome: "/dev/null/cache" };
  run(nowhere);
  expect(existsSync(place.own)).toBe(false);
  expect(readdirSync(place.shared)).toEqual([]);
});
