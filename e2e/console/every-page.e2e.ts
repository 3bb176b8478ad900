// Every page of the console: landmarks, headings, barriers, and nothing that pushes it sideways, on a phone and zoomed in too.
// And for a Member: each control that is closed says why.
import { Agent } from "@agentos/server";
import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";
import type { Page } from "../../tools/browser/drive.ts";
import { overflowsSideways, SIZES, story } from "./browser.ts";
import { type ChatWorld, MEMBER, openChatWorld } from "./chat-world.ts";

let world: ChatWorld;
beforeAll(async () => {
  world = await openChatWorld({ agents: [new Agent({ id: "echo", name: "Echo", model: "offline:echo" })] });
  await world.inviteMember();
});
afterAll(() => world.close());

interface Place {
  readonly path: string;
  /** As the window names it. */
  readonly title: string;
  /** A tab of the place before. */
  readonly tab?: string;
}

const placesOf = (instanceId: string): readonly Place[] => [
  { path: `/i/${instanceId}`, title: "Home" },
  { path: `/i/${instanceId}/agents/echo`, title: "Echo" },
  { path: `/i/${instanceId}/sessions`, title: "Sessions" },
  { path: `/i/${instanceId}/refusals`, title: "Refusals" },
  { path: `/i/${instanceId}/instance`, title: "Access & keys" },
  { path: "/instances", title: "Instances" },
  { path: "/connect", title: "Connect an instance" },
  { path: "/members", title: "Members" },
  { path: "/members?tab=roles", title: "Members", tab: "Roles" },
  { path: "/audit", title: "Audit" },
  { path: "/audit?tab=revocations", title: "Audit", tab: "Revocations" },
  { path: "/settings", title: "Settings" },
  { path: "/r/den_nothing", title: "Refusal" },
  { path: "/nowhere", title: "No such page" },
];

/** Goes there as a link does, without loading the document, and waits until what is on its way has come. */
async function go(page: Page, { path, title, tab }: Place): Promise<void> {
  await page.evaluate(`history.pushState({}, "", ${JSON.stringify(path)})`);
  await expect.poll(() => page.title(), { timeout: 20_000 }).toBe(`${title} · AgentOS`);
  // A place that is closed to somebody has no tabs.
  if (tab !== undefined && (await page.getByRole("tablist").count()) > 0)
    await page.getByRole("tab", { name: tab, selected: true }).waitFor();
  await settle(page);
}

/** No skeleton is left, and the page has said what it is. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await expect.poll(() => page.locator("output[aria-label^=Loading]").count(), { timeout: 20_000 }).toBe(0);
}

/** Window of this size, laid out. */
async function resize(page: Page, size: { readonly width: number; readonly height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** Levels of headings as they follow each other. A rail beside the page may begin with one of the second. */
async function readHeadings(page: Page): Promise<readonly number[]> {
  const found = await page.evaluate(
    "[...document.querySelectorAll('main :is(h1, h2, h3, h4, h5)')].map(({ tagName }) => Number(tagName.slice(1)))",
  );
  return z.array(z.number()).parse(found);
}

function skipsLevel(levels: readonly number[]): boolean {
  return levels.some((level, at) => level > (levels[at - 1] ?? 1) + 1);
}

// Colours of the other theme are measured without a browser (contrast.test.ts).
story(
  "every page has its landmarks and no barrier, and fits a phone and a window zoomed in",
  { timeout: 120_000 },
  async ({ visitor }) => {
    const { origins, instanceId, signIn } = world;
    const page = await visitor.open({ origins });
    await signIn(page, "/settings");
    for (const place of placesOf(instanceId)) {
      const { path } = place;
      await go(page, place);
      expect([path, ...(await visitor.findBarriers(page))]).toEqual([path]);
      const counts = [await page.getByRole("main").count(), await page.locator("h1").count()];
      expect([path, ...counts]).toEqual([path, 1, 1]);
      const levels = await readHeadings(page);
      expect([path, levels, skipsLevel(levels)]).toEqual([path, levels, false]);
      // As it is, as 200 % of zoom makes it, and on a phone.
      for (const size of [{ width: 640, height: 400 }, SIZES.phone, SIZES.desktop]) {
        await resize(page, size);
        expect([path, size, await overflowsSideways(page)]).toEqual([path, size, false]);
      }
    }
  },
);

interface ClosedControl {
  readonly name: string;
  readonly reason: string;
}

/** Runs in the page: controls that are disabled and shown, each with what is said about it. */
const READ_CLOSED = `
  [...document.querySelectorAll("button, [role=radio], [role=switch], [role=checkbox], [role=combobox], input, textarea")]
    .filter((one) => one.matches(":disabled, [aria-disabled=true], [data-disabled]"))
    .filter((one) => one.getClientRects().length > 0 && one.ariaHidden !== "true")
    .map((one) => ({
      name: one.ariaLabel ?? (one.textContent.trim() || one.tagName),
      reason: (one.getAttribute("aria-describedby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id)?.textContent ?? "")
        .join(" ")
        .trim(),
    }))`;

async function readClosed(page: Page): Promise<readonly ClosedControl[]> {
  return z.array(z.object({ name: z.string(), reason: z.string() })).parse(await page.evaluate(READ_CLOSED));
}

story(
  "a Member reads on every page why a control is closed, and who can open it",
  { timeout: 120_000 },
  async ({ visitor }) => {
    const { origins, instanceId, signIn } = world;
    const page = await visitor.open({ origins });
    await signIn(page, "/settings", MEMBER);
    const closed: Record<string, readonly ClosedControl[]> = {};
    for (const place of placesOf(instanceId)) {
      await go(page, place);
      closed[place.path] = await readClosed(page);
    }
    const silent = Object.entries(closed).flatMap(([path, controls]) =>
      controls.filter(({ reason }) => reason === "").map(({ name }) => `${path}: ${name}`),
    );
    expect(silent).toEqual([]);
    expect(closed["/members"]).toContainEqual({
      name: "Add member",
      reason:
        "Your role does not allow this. Your role does not give org:members:write. Ask an Owner or Administrator.",
    });
    expect(closed["/settings"]).toContainEqual({
      name: "Rename",
      reason:
        "Your role does not allow this. Your role does not give org:write. Ask an Owner or Administrator.",
    });
    // Places say it, too, instead of asking for what would be refused.
    await go(page, { path: "/members", title: "Members" });
    await page.getByRole("heading", { name: "Your role does not show the members" }).waitFor();
    await page.getByText("Ask an Owner or Administrator to look for you").waitFor();
    await page.getByRole("button", { name: "Add member" }).focus();
    await page.getByText("Your role does not allow this", { exact: true }).waitFor();
    await visitor.screenshot(page, "member-meets-closed-page");
    await go(page, { path: "/audit", title: "Audit" });
    await page.getByRole("heading", { name: "Your role does not show the audit log" }).waitFor();
  },
);

story("⌘K goes everywhere by keyboard alone, and the page that comes has the focus", async ({ visitor }) => {
  const { origins, signIn } = world;
  const page = await visitor.open({ origins });
  await signIn(page, "/settings");
  const run = async (search: string) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Search/ }).fill(search);
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
  };
  await run("mia");
  await page.getByRole("dialog", { name: MEMBER.name }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await run("den_x1");
  await page.waitForURL("**/r/den_x1");
  await run("echo");
  await page.waitForURL("**/agents/echo");
  // The box for a message takes the focus when it comes: nobody opens the palette before.
  await page.getByRole("textbox", { name: /^Message/ }).waitFor();
  await run("revoc");
  await page.waitForURL("**/audit?tab=revocations");
  await page.locator("#page:focus, #page:focus-within").waitFor();
  await run("dark");
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  // Where one was last stands first, and nothing that was done.
  await page.keyboard.press("Control+k");
  const recent = page.getByRole("group", { name: "Recent" }).getByRole("option");
  await recent.first().waitFor();
  expect(await recent.allTextContents()).toEqual(["Revocations", expect.any(String), expect.any(String)]);
  await visitor.screenshot(page, "commands-recent");
  await page.keyboard.press("Escape");
  await run("sign out");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});
