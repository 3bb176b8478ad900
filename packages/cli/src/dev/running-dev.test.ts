import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import { announceDev, findRunningDev } from "./running-dev.ts";

const URL_HERE = "http://localhost:7777";
/** A folder in which somebody has written this. */
const folderWith = (running: unknown) => {
  const folder = makeFolder();
  mkdirSync(join(folder, ".agentos"), { mode: 0o700 });
  writeFileSync(join(folder, ".agentos/running.json"), JSON.stringify(running), { mode: 0o600 });
  return folder;
};

describe("findRunningDev", () => {
  it("finds the one that has announced itself, until that has ended", async () => {
    const folder = folderWith({});
    const running = { url: URL_HERE, controlPlaneUrl: "http://localhost:7778" };
    const forget = await announceDev(folder, running);
    expect(await findRunningDev(folder)).toEqual({ ...running, pid: process.pid });
    forget();
    expect(await findRunningDev(folder)).toBeUndefined();
  });

  it("leaves alone what a later start has announced", async () => {
    const folder = folderWith({});
    const forget = await announceDev(folder, { url: URL_HERE, controlPlaneUrl: undefined });
    const later = { url: "http://localhost:8888", controlPlaneUrl: undefined };
    await announceDev(folder, later);
    forget();
    expect(await findRunningDev(folder)).toMatchObject(later);
  });

  it.each([
    ["another machine", { url: "http://agents.example", pid: process.pid }],
    ["a name that only begins like this machine", { url: "http://localhost.example", pid: process.pid }],
    ["another scheme", { url: "ftp://localhost", pid: process.pid }],
    ["a process that has ended", { url: URL_HERE, pid: 2 ** 22 + 1 }],
    ["a group of processes", { url: URL_HERE, pid: -1 }],
    ["no process", { url: URL_HERE }],
    ["no object", [URL_HERE]],
  ])("does not believe a file that names %s", async (_, running) => {
    expect(await findRunningDev(folderWith({ url: URL_HERE, pid: process.pid }))).toBeDefined();
    expect(await findRunningDev(folderWith(running))).toBeUndefined();
  });

  it("follows no link", async () => {
    const folder = folderWith({ url: URL_HERE, pid: process.pid });
    renameSync(join(folder, ".agentos"), join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(folder, ".agentos"));
    expect(await findRunningDev(folder)).toBeUndefined();
  });
});
