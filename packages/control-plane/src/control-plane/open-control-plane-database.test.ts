import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "@agentos/guard";
import { afterEach, expect, it } from "vitest";
import { KEY_VARIABLE } from "../keys/open-installation.ts";
import { withMachine } from "../machine/machine-store.ts";
import { createControlPlane } from "./create-control-plane.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function makeOptions(database: string) {
  const workingDirectory = mkdtempSync(join(tmpdir(), "agentos-control-plane-"));
  folders.push(workingDirectory);
  return {
    url: "https://console.example",
    database,
    workingDirectory,
    env: { [KEY_VARIABLE]: randomBytes(32).toString("base64") },
  };
}

const openings = {
  "a start": async (options: ReturnType<typeof makeOptions>) => {
    const controlPlane = createControlPlane(options);
    try {
      await controlPlane.ready();
    } finally {
      await controlPlane.close();
    }
  },
  "a command on the machine": (options: ReturnType<typeof makeOptions>) =>
    withMachine(options, () => Promise.resolve()),
};

it.each(Object.entries(openings))("%s hides the folder from git, wherever the key is", async (_, open) => {
  const options = makeOptions("sqlite:.agentos/control-plane.db");
  await open(options);
  const folder = join(options.workingDirectory, ".agentos");
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it.each(Object.entries(openings))("%s makes the folders of the file", async (_, open) => {
  const options = makeOptions("sqlite:data/plane/control-plane.db");
  await open(options);
  expect(existsSync(join(options.workingDirectory, "data/plane/control-plane.db"))).toBe(true);
});

it.each(Object.entries(openings))("%s says that a folder cannot be made", async (_, open) => {
  const error: unknown = await open(makeOptions("sqlite:/etc/hostname/sub/x.db")).catch(
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  expect((error as ConfigurationError).faults[0]?.code).toBe("STORE_MISSING");
});
