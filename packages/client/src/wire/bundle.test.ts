/** What a page loads of the client: no Node, no schemas that nobody asked for, and little. */
import { execFileSync } from "node:child_process";
import { bundleForBrowser } from "@agentos/testkit/processes";
import { describe, expect, test } from "vitest";

const KIB = 1_024;
const FOLDER = import.meta.dirname;

const bundle = (names: string, from = "@agentos/client") =>
  bundleForBrowser(FOLDER, `import { ${names} } from "${from}"; globalThis.used = [${names}];`);

const foreign = (modules: readonly string[]) =>
  modules.filter((path) => !/packages\/(?:client|contract)\/src\//.test(path));

describe("in a browser", () => {
  test("the clients need no module of Node and nothing that is not in the bundle", async () => {
    const { imports, modules } = await bundle(
      "createAgentOSClient, createControlPlaneClient, connectInstance",
    );
    expect(imports).toEqual([]);
    expect(foreign(modules).filter((path) => !path.includes("/eventsource-parser/"))).toEqual([]);
  });

  test("they bring no schemas along, and stay small", async () => {
    const all = await bundle("createAgentOSClient, createControlPlaneClient, connectInstance");
    expect(all.modules.filter((path) => /zod|wire\/(?:session|run-output)\.ts$/.test(path))).toEqual([]);
    expect(all.gzipSize).toBeLessThan(13 * KIB);
    const one = await bundle("createControlPlaneClient");
    // What is not asked for is left out: the events of runs, and the routes of an AgentOS.
    expect(one.modules.filter((path) => /eventsource-parser|\/stream\/|\/agentos\//.test(path))).toEqual([]);
    expect(one.gzipSize).toBeLessThan(7 * KIB);
  });

  test("they load no schemas where nothing is bundled", () => {
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await import("@agentos/client");
      console.log(loaded.join("\\n"));`;
    const args = ["--conditions=@agentos/source", "--input-type=module", "--eval", script];
    const loaded = execFileSync(process.execPath, args, { cwd: FOLDER, encoding: "utf8" }).trim().split("\n");
    expect(loaded.some((url) => url.endsWith("/client/src/index.ts"))).toBe(true);
    expect(loaded.filter((url) => /zod|contract\/src\/(?:index|routes)/.test(url))).toEqual([]);
  });

  test("checks by the whole schema are there for who asks for them", async () => {
    const checked = await bundle("checkAgentOSAnswer", "@agentos/client/schemas");
    expect(checked.imports).toEqual([]);
    expect(checked.modules.some((path) => path.includes("/zod/"))).toBe(true);
    expect(checked.gzipSize).toBeLessThan(80 * KIB);
  });
});
