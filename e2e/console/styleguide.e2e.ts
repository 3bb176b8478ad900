// All components in all states, each look: under the policy that the console has, without a barrier, and never sideways.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { LOOKS, overflowsSideways, story } from "./browser.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

const root = join(import.meta.dirname, "../..");
let guide: StartedConsole;

beforeAll(async () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "tools/build-console.ts"), "--styleguide"],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  guide = await startConsole({ consoleFolder: join(root, "apps/console/dist/styleguide") });
});
afterAll(() => guide.close());

const LAYERS: readonly (readonly [name: string, open: (page: Page) => Promise<void>])[] = [
  ["dialog", (page) => page.getByRole("button", { name: "Dialog" }).click()],
  ["side-panel", (page) => page.getByRole("button", { name: "Side panel" }).click()],
  ["commands", (page) => page.getByRole("button", { name: "Commands" }).click()],
  ["toast", (page) => page.getByRole("button", { name: "Toast of a fault" }).click()],
  ["menu", (page) => page.getByRole("button", { name: "More" }).click()],
  ["select", (page) => page.getByRole("combobox", { name: "Role", exact: true }).click()],
  ["combobox", (page) => page.getByRole("combobox", { name: "Find a role" }).click()],
];

story.for(LOOKS)("components are as they should be in $theme at $width width", async (look, { visitor }) => {
  const page = await visitor.open({ origins: [guide.url], ...look });
  await page.goto(guide.url);
  await page.getByRole("heading", { name: "Layers" }).waitFor();
  await visitor.screenshot(page, `components-${look.theme}-${look.width}`, { isWholePage: true });
  expect(await visitor.findBarriers(page)).toEqual([]);
  expect(await overflowsSideways(page)).toBe(false);
});

// Colours are measured without a browser: two looks show the rest.
const OPPOSITES = LOOKS.filter(({ theme, width }) => (theme === "dark") === (width === "phone"));

story.for(OPPOSITES)("layers are as they should be in $theme at $width width", async (look, { visitor }) => {
  const page = await visitor.open({ origins: [guide.url], ...look });
  for (const [name, open] of LAYERS) {
    await page.goto(guide.url);
    await open(page);
    await visitor.screenshot(page, `layer-${name}-${look.theme}-${look.width}`);
    const hasOpenList = name === "select" || name === "combobox";
    expect([name, ...(await visitor.findBarriers(page, { hasOpenList }))]).toEqual([name]);
  }
});

story("a disabled button can be reached by keyboard, and says why it is", async ({ visitor }) => {
  const page = await visitor.open({ origins: [guide.url] });
  await page.goto(guide.url);
  const button = page.getByRole("button", { name: "Delete instance" });
  await page.getByRole("link", { name: /^Another site/ }).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement?.textContent")).toBe("Delete instance");
  await page.getByText("Your role does not allow this").waitFor();
  await visitor.screenshot(page, "why-not");
  const described = await button.getAttribute("aria-describedby");
  expect(await page.locator(`[id="${described ?? ""}"]`).textContent()).toBe(
    "Your role does not give os:delete. Ask an Owner.",
  );
});
