// From the printed link to the first page, and what stands before the door.
import { afterEach, describe, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { LOOKS, overflowsSideways, story } from "./browser.ts";
import { type StartConsoleOptions, type StartedConsole, startConsole } from "./start-console.ts";

const PASSWORD = "correct horse battery";
let started: StartedConsole | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

async function start(options?: StartConsoleOptions): Promise<StartedConsole> {
  started = await startConsole(options);
  return started;
}

/** Fills the form of the first owner. */
async function becomeOwner(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create owner and sign in" }).click();
  await page.getByRole("heading", { name: "Welcome, Ada Lovelace" }).waitFor();
}

describe.each(LOOKS)("in $theme at $width width", (look) => {
  story("the printed link makes the first owner and leads home", async ({ visitor }) => {
    const { url, printOwnerLink } = await start();
    const page = await visitor.open({ origins: [url], ...look });
    const suffix = `${look.theme}-${look.width}`;
    const see = async (name: string) => {
      await visitor.screenshot(page, `${name}-${suffix}`);
      expect(await visitor.findBarriers(page)).toEqual([]);
      expect(await overflowsSideways(page)).toBe(false);
    };
    await page.goto(await printOwnerLink());
    await page.getByRole("heading", { name: "Set up your control plane" }).waitFor();
    // The secret leaves the address bar and the history at once.
    expect(page.url()).toBe(`${url}/`);
    await see("first-owner");
    await becomeOwner(page, await printOwnerLink());
    expect(new URL(page.url()).hash).toBe("");
    await see("home");
  });
});

story("a link works once, and the page says so with what to do", async ({ visitor }) => {
  const { url, printOwnerLink } = await start();
  const link = await printOwnerLink();
  await becomeOwner(await visitor.open({ origins: [url] }), link);
  const stranger = await visitor.open({ origins: [url] });
  await stranger.goto(link);
  await stranger.getByRole("heading", { name: "This link does not let you in" }).waitFor();
  await stranger.getByText(/works once/).waitFor();
  await visitor.screenshot(stranger, "link-used");
  expect(await visitor.findBarriers(stranger)).toEqual([]);
});

story("an address survives signing in, and a wrong password is told", async ({ visitor }) => {
  const { url, printOwnerLink } = await start();
  await becomeOwner(await visitor.open({ origins: [url] }), await printOwnerLink());
  const page = await visitor.open({ origins: [url] });
  await page.goto(`${url}/members?from=link`);
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill("another password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("No account has this e-mail address with this password.").waitFor();
  await visitor.screenshot(page, "sign-in-failed");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Members" }).waitFor();
  expect(page.url()).toBe(`${url}/members?from=link`);
});

story(
  "a session that ends leaves the page where it is, and signing in goes on in it",
  async ({ visitor }) => {
    const { url, printOwnerLink } = await start();
    const page = await visitor.open({ origins: [url] });
    await becomeOwner(page, await printOwnerLink());
    await page.clock.install();
    await page.goto(`${url}/settings`);
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.context().clearCookies();
    // Whoever comes back to the tab after a while has it asked again.
    await page.getByRole("link", { name: "Instances" }).click();
    await page.clock.fastForward(120_000);
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await page.getByRole("dialog", { name: "You were signed out" }).waitFor();
    await visitor.screenshot(page, "session-ended");
    // No page is gone to from it: what was typed would be lost.
    await page.keyboard.press("Control+k");
    expect(await visitor.findBarriers(page)).toEqual([]);
    expect(await page.getByRole("dialog").count()).toBe(1);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(page.url()).toBe(`${url}/instances`);
  },
);

story("everything is found by ⌘K, and nothing is kept in the browser's storage", async ({ visitor }) => {
  const { url, printOwnerLink } = await start();
  const page = await visitor.open({ origins: [url] });
  await becomeOwner(page, await printOwnerLink());
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("audit");
  await visitor.screenshot(page, "commands");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Audit" }).waitFor();
  expect(await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")).not.toMatch(
    /ey|secret|token/i,
  );
});

story(
  "a console on https names an address on http as mixed content, before anything is asked",
  async ({ visitor }) => {
    const { url, printOwnerLink } = await start({ hasTls: true });
    const endpoint = "http://agents.example.com";
    const page = await visitor.open({
      origins: [url, endpoint],
      ignoresCertificate: true,
      expects: [/^Mixed Content: /],
    });
    await becomeOwner(page, await printOwnerLink());
    expect((await page.context().cookies()).map(({ secure }) => secure)).toEqual([true]);
    await page.goto(`${url}/connect`);
    await page.getByLabel("Name").fill("Shop");
    await page.getByLabel("Address").fill(endpoint);
    await page.getByRole("button", { name: "Check the address" }).click();
    await page.getByText("This page is on https, the address on http").waitFor();
    await page.getByText(/Chrome never sends such a request/).waitFor();
    await visitor.screenshot(page, "connect-mixed-content");
    expect(await visitor.findBarriers(page)).toEqual([]);
  },
);
