// Every page of the console, in each look: landmarks, headings, barriers, and nothing that pushes it sideways, zoomed in too.
// And for a Member: each control that is closed says why.
import { Agent } from "@agentos/server";
import { afterEach, expect } from "vitest";
import { z } from "zod";
import type { Page } from "../../tools/browser/drive.ts";
import { type Look, overflowsSideways, story } from "./browser.ts";
import { type ChatWorld, MEMBER, openChatWorld } from "./chat-world.ts";

let world: ChatWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function start(): Promise<ChatWorld> {
  world = await openChatWorld({ agents: [new Agent({ id: "echo", name: "Echo", model: "offline:echo" })] });
  return world;
}

const pagesOf = (instanceId: string) => [
  `/i/${instanceId}`,
  `/i/${instanceId}/agents/echo`,
  `/i/${instanceId}/sessions`,
  `/i/${instanceId}/refusals`,
  `/i/${instanceId}/instance`,
  "/instances",
  "/connect",
  "/members",
  "/members?tab=roles",
  "/audit",
  "/audit?tab=revocations",
  "/settings",
  "/r/den_nothing",
  "/nowhere",
];

const WALKS: readonly Look[] = [
  { theme: "light", width: "desktop" },
  { theme: "dark", width: "desktop" },
  { theme: "light", width: "phone" },
];

/** What is on its way has come: no skeleton is left, and the page has said what it is. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await expect.poll(() => page.locator("output[aria-label^=Loading]").count(), { timeout: 20_000 }).toBe(0);
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

story.for(WALKS)(
  "every page has its landmarks and no barrier in $theme at $width width",
  { timeout: 240_000 },
  async (look, { visitor }) => {
    const { origins, instanceId, signIn } = await start();
    const page = await visitor.open({ origins, ...look });
    await signIn(page, "/settings");
    for (const path of pagesOf(instanceId)) {
      await page.goto(`${origins[0] ?? ""}${path}`);
      await settle(page);
      expect([path, ...(await visitor.findBarriers(page))]).toEqual([path]);
      expect([path, await overflowsSideways(page)]).toEqual([path, false]);
      expect([path, await page.getByRole("main").count(), await page.locator("h1").count()]).toEqual([
        path,
        1,
        1,
      ]);
      const levels = await readHeadings(page);
      expect([path, levels, skipsLevel(levels)]).toEqual([path, levels, false]);
      expect([path, await page.title()]).toEqual([path, expect.stringMatching(/\S · AgentOS$/)]);
      if (look.width === "phone") continue;
      // What 200 % of zoom makes of this window.
      await page.setViewportSize({ width: 640, height: 400 });
      expect([path, "zoomed", await overflowsSideways(page)]).toEqual([path, "zoomed", false]);
      await page.setViewportSize({ width: 1280, height: 800 });
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
    const { origins, instanceId, signIn, inviteMember } = await start();
    await inviteMember();
    const page = await visitor.open({ origins });
    await signIn(page, "/settings", MEMBER);
    const closed: Record<string, readonly ClosedControl[]> = {};
    for (const path of pagesOf(instanceId)) {
      await page.goto(`${origins[0] ?? ""}${path}`);
      await settle(page);
      closed[path] = await readClosed(page);
    }
    const silent = Object.entries(closed).flatMap(([path, controls]) =>
      controls.filter(({ reason }) => reason === "").map(({ name }) => `${path}: ${name}`),
    );
    expect(silent).toEqual([]);
    expect(closed["/members"]).toContainEqual({
      name: "Add member",
      reason: "Your role does not give org:members:write. Ask an Owner or Administrator.",
    });
    expect(closed["/settings"]).toContainEqual({
      name: "Rename",
      reason: "Your role does not give org:write. Ask an Owner or Administrator.",
    });
    // Places say it, too, instead of asking for what would be refused.
    await page.goto(`${origins[0] ?? ""}/members`);
    await page.getByRole("heading", { name: "Your role does not show the members" }).waitFor();
    await page.getByText("Ask an Owner or Administrator to look for you").waitFor();
    await page.getByRole("button", { name: "Add member" }).focus();
    await page.getByText("Your role does not allow this").waitFor();
    await visitor.screenshot(page, "member-meets-closed-page");
    await page.goto(`${origins[0] ?? ""}/audit`);
    await page.getByRole("heading", { name: "Your role does not show the audit log" }).waitFor();
  },
);

story("⌘K goes everywhere by keyboard alone, and the page that comes has the focus", async ({ visitor }) => {
  const { origins, signIn, inviteMember } = await start();
  await inviteMember();
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
  await run("revoc");
  await page.waitForURL("**/audit?tab=revocations");
  await page.locator("#page:focus, #page:focus-within").waitFor();
  await run("dark");
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  // What was done last stands first.
  await page.keyboard.press("Control+k");
  await page.getByRole("group", { name: "Recent" }).getByRole("option", { name: "Dark theme" }).waitFor();
  await visitor.screenshot(page, "commands-recent");
  await page.keyboard.press("Escape");
  await run("sign out");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});
