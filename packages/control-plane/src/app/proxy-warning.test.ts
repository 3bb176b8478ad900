import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createControlPlane } from "../control-plane/create-control-plane.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentos-proxy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Warning {
  readonly facts: object;
  readonly message: string | undefined;
}

/** What its operator reads until two requests with this header are answered. */
async function readWarnings(
  url: string,
  trustedProxies: readonly string[],
  header: string = "x-forwarded-for",
): Promise<readonly Warning[]> {
  const warnings: Warning[] = [];
  const quiet = () => undefined;
  const controlPlane = createControlPlane({
    url,
    trustedProxies,
    workingDirectory: folder,
    env: {},
    logger: {
      error: quiet,
      info: quiet,
      warn: (facts: object, message?: string) => void warnings.push({ facts, message }),
    },
  });
  await controlPlane.ready();
  for (const _ of [1, 2]) {
    const request = new Request(`${url}/health`, { headers: { [header]: "192.0.2.7" } });
    expect((await controlPlane.fetch(request)).status).toBe(200);
  }
  await controlPlane.close();
  return warnings;
}

it("is told once, at the start, where the address is https and no proxy is trusted", async () => {
  const warnings = await readWarnings("https://console.example.com", []);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/^no proxy is trusted/)]);
  expect(JSON.stringify(warnings[0]?.facts)).toMatch(/"fix":.*--trusted-proxy .*127\.0\.0\.1/);
});

it.each(["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"])(
  "is told once, with the first request that came through one, where the address is this machine's: %s",
  async (header) => {
    const warnings = await readWarnings("http://localhost:7778", [], header);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^a request came through/),
    ]);
    expect(warnings[0]?.facts).toMatchObject({ header });
    expect(JSON.stringify(warnings)).not.toContain("192.0.2.7");
  },
);

it("is not told where nothing shows one", async () => {
  expect(await readWarnings("http://localhost:7778", [], "accept-language")).toEqual([]);
});

it("is not told where one is trusted", async () => {
  expect(await readWarnings("https://console.example.com", ["127.0.0.1"])).toEqual([]);
});
