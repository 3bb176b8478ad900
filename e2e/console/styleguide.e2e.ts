// All components in all states, each look: under the policy that the console has, without a barrier, and never sideways.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { overflowsSideways, SIZES, story } from "./browser.ts";
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

interface Layer {
  readonly name: string;
  readonly open: (page: Page) => Promise<void>;
  /** Where it is. */
  readonly at: string;
  readonly hasOpenList?: boolean;
}

const press = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).click();
const choose = (name: string) => (page: Page) => page.getByRole("combobox", { name, exact: true }).click();

const LAYERS: readonly Layer[] = [
  { name: "dialog", at: "[role=dialog]", open: press("Dialog") },
  { name: "side-panel", at: "[role=dialog]", open: press("Side panel") },
  { name: "commands", at: "[role=dialog]", open: press("Commands") },
  { name: "menu", at: "[role=menu]", open: press("More") },
  { name: "select", at: "[role=listbox]", open: choose("Role"), hasOpenList: true },
  { name: "combobox", at: "[role=listbox]", open: choose("Find a role"), hasOpenList: true },
  { name: "toast", at: "[role=dialog], [role=alertdialog]", open: press("Toast of a fault") },
];

// Colours of the other theme are measured without a browser (contrast.test.ts). Its pictures are for people.
story(
  "components and layers are as they should be in each look",
  { timeout: 120_000 },
  async ({ visitor }) => {
    const page = await visitor.open({ origins: [guide.url] });
    await page.goto(guide.url);
    await page.getByRole("heading", { name: "Layers" }).waitFor();
    expect(await visitor.findBarriers(page)).toEqual([]);
    for (const width of ["desktop", "phone"] as const) {
      await page.setViewportSize(SIZES[width]);
      expect([width, await overflowsSideways(page)]).toEqual([width, false]);
      for (const theme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await visitor.screenshot(page, `components-${theme}-${width}`, { isWholePage: true });
      }
    }
    for (const { name, at, open, hasOpenList = false } of LAYERS) {
      await page.setViewportSize(SIZES.desktop);
      await open(page);
      const layer = page.locator(at).filter({ visible: true });
      await layer.waitFor();
      // What is behind it was looked at before.
      expect([name, ...(await visitor.findBarriers(page, { hasOpenList, within: at }))]).toEqual([name]);
      await visitor.screenshot(page, `layer-${name}-light-desktop`);
      await page.setViewportSize(SIZES.phone);
      await page.emulateMedia({ colorScheme: "dark" });
      await visitor.screenshot(page, `layer-${name}-dark-phone`);
      expect([name, await overflowsSideways(page)]).toEqual([name, false]);
      await page.emulateMedia({ colorScheme: "light" });
      await page.keyboard.press("Escape");
      if (name !== "toast") await layer.waitFor({ state: "hidden" });
    }
  },
);

story("a disabled button can be reached by keyboard, and says why it is", async ({ visitor }) => {
  const page = await visitor.open({ origins: [guide.url] });
  await page.goto(guide.url);
  const button = page.getByRole("button", { name: "Delete instance" });
  await page.getByRole("link", { name: /^Another site/ }).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement?.textContent")).toBe("Delete instance");
  await page.getByText("Your role does not allow this", { exact: true }).waitFor();
  await visitor.screenshot(page, "why-not");
  const described = await button.getAttribute("aria-describedby");
  expect(await page.locator(`[id="${described ?? ""}"]`).textContent()).toBe(
    "Your role does not allow this. Your role does not give os:delete. Ask an Owner.",
  );
});
