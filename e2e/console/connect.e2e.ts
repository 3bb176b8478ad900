// Connecting an instance: each fault of the connection by name, and the lights that turn green while the page is open.
import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { CONNECTION_FAULTS, OPPOSITES, overflowsSideways, story } from "./browser.ts";
import {
  holdClock,
  type InstanceWorld,
  lookAgain,
  openInstanceWorld,
  type Place,
  readShell,
} from "./instance-world.ts";

const FOREIGN_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

let world: InstanceWorld;
let place: Place;
beforeEach(async () => {
  world = await openInstanceWorld();
  place = await world.findPlace();
});
afterEach(() => world.close());

/** The page looks at once, and the light of this name has this state then. */
async function see(page: Page, id: string, state: string): Promise<void> {
  await lookAgain(page);
  await light(page, id, state).waitFor();
}

/** The light of this name has this state. */
const light = (page: Page, id: string, state: string) =>
  page.locator(`[data-light="${id}"][data-state="${state}"]`);

async function begin(page: Page, endpoint = place.endpoint): Promise<void> {
  await holdClock(page);
  await world.signIn(page, "/connect");
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Address").fill(endpoint);
  await page.getByRole("button", { name: "Check the address" }).click();
  await page.getByRole("heading", { name: "Connect Shop" }).waitFor();
}

story(
  "from an address where nobody answers to an agent behind Authorization, light by light",
  async ({ visitor }) => {
    const page = await visitor.open({ origins: [world.url, place.endpoint], expects: CONNECTION_FAULTS });
    await begin(page);
    await light(page, "reachable", "failed").waitFor();
    await visitor.screenshot(page, "connect-unreachable");
    await place.putSilent();
    await lookAgain(page);
    await page.clock.fastForward(8_000);
    await page.getByText("No whole answer came back within 8 seconds (time-out)").waitFor();
    await visitor.screenshot(page, "connect-timed-out");
    await place.putWithoutCors();
    await see(page, "cors", "failed");
    await page.getByText(`CORS_ORIGIN_LIST='["${world.url}"]'`).waitFor();
    await visitor.screenshot(page, "connect-cors");
    await place.putOurs();
    await see(page, "agentos", "passed");
    await light(page, "version", "passed").waitFor();
    await light(page, "mode", "warn").waitFor();
    // The address of the page is where one goes on.
    await page.reload();
    await light(page, "agentos", "passed").waitFor();
    await visitor.screenshot(page, "connect-ready");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Connect it" }).click();
    await page.getByRole("heading", { name: "What guards it" }).waitFor();
    await page.getByRole("switch", { name: /^Authorization/ }).click();
    await light(page, "mode", "failed").waitFor();
    const lines = page.getByLabel("Configuration for a shell", { exact: true });
    await lines.waitFor();
    await visitor.screenshot(page, "connect-configuration", { isWholePage: true });
    expect(await visitor.findBarriers(page)).toEqual([]);
    const env = readShell(await lines.innerText());
    // Somebody else's key, then another AgentOS with the right one.
    await place.putOurs({ env: { ...env, JWT_VERIFICATION_KEY: FOREIGN_KEY } });
    await see(page, "key", "failed");
    await visitor.screenshot(page, "connect-key", { isWholePage: true });
    await place.putOurs({ env, id: "store" });
    await see(page, "audience", "failed");
    await light(page, "agentos", "warn").waitFor();
    await visitor.screenshot(page, "connect-audience", { isWholePage: true });
    expect(await visitor.findBarriers(page)).toEqual([]);
    await place.putOurs({ env });
    await lookAgain(page);
    await page.getByText("Shop is connected").waitFor();
    await visitor.screenshot(page, "connect-green", { isWholePage: true });
    await page.getByRole("link", { name: "Open Shop" }).click();
    await page.waitForURL(/\/i\/[^/]+$/);
  },
);

story(
  "what is no AgentOS, and a wrong path, are told; the address is changed in place",
  async ({ visitor }) => {
    const page = await visitor.open({ origins: [world.url, place.endpoint] });
    await place.putStranger();
    await begin(page);
    await light(page, "agentos", "failed").waitFor();
    await page.getByText("Something answers, but not at /health").waitFor();
    await visitor.screenshot(page, "connect-stranger");
    await place.putPython({ mode: "security_key", securityKey: "a-key", prefix: "/agents" });
    await lookAgain(page);
    await page.getByRole("button", { name: "Change the address" }).click();
    await page.getByLabel("Address of the AgentOS").fill(`${place.endpoint}/agents`);
    await page.getByRole("button", { name: "Look there" }).click();
    await light(page, "agentos", "passed").waitFor();
    await page.getByRole("button", { name: "Discard the draft…" }).click();
    await page.getByRole("button", { name: "Discard the draft", exact: true }).click();
    await page.getByRole("heading", { name: "No instance yet" }).waitFor();
    await visitor.screenshot(page, "instances-empty");
    expect(await visitor.findBarriers(page)).toEqual([]);
  },
);

describe.each([
  { version: "2.3.12", asks: true, canVerify: false },
  { version: "2.3.13", asks: true, canVerify: true },
  { version: "2.9.0", asks: false, canVerify: true },
])("a Python AgentOS of $version", ({ version, asks, canVerify }) => {
  story("is connected by its security key, and its version is known or asked for", async ({ visitor }) => {
    await place.putPython({ mode: "security_key", securityKey: "the-right-key", version });
    const page = await visitor.open({ origins: [world.url, place.endpoint] });
    await begin(page);
    await light(page, "mode", "passed").waitFor();
    if (asks) {
      await light(page, "version", "asks").waitFor();
      await page.getByLabel("Version of the AgentOS").fill(version);
      await page.getByRole("button", { name: "State the version" }).click();
    }
    await light(page, "version", canVerify ? "passed" : "warn").waitFor();
    await page.getByRole("button", { name: "Connect it" }).click();
    await light(page, "key", "asks").waitFor();
    await page.getByText("A root credential which no role limits", { exact: true }).waitFor();
    await page.getByLabel("Security key of Shop").fill("another key");
    await page.getByRole("button", { name: "Use the key" }).click();
    await light(page, "key", "failed").waitFor();
    await visitor.screenshot(page, `connect-python-${version}`, { isWholePage: true });
    expect(await visitor.findBarriers(page)).toEqual([]);
    expect(await page.getByRole("switch", { name: /^Authorization/ }).isDisabled()).toBe(!canVerify);
    await page.getByLabel("Another security key of Shop").fill("the-right-key");
    await page.getByRole("button", { name: "Use the key" }).click();
    await page.getByText("Shop is connected").waitFor();
    await page
      .getByRole("button", { name: canVerify ? "10 checks passed" : "9 checks passed, 1 to know" })
      .click();
    await light(page, "key", "passed").waitFor();
    expect(await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")).not.toContain(
      "the-right-key",
    );
  });
});

// Colours are measured without a browser: two looks show the rest.

story.for(OPPOSITES)("the wizard fits in $theme at $width width", async (look, { visitor }) => {
  const page = await visitor.open({
    origins: [world.url, place.endpoint],
    expects: CONNECTION_FAULTS,
    ...look,
  });
  const suffix = `${look.theme}-${look.width}`;
  await world.signIn(page, "/connect");
  await visitor.screenshot(page, `connect-start-${suffix}`);
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Address").fill(place.endpoint);
  await page.getByRole("button", { name: "Check the address" }).click();
  await light(page, "reachable", "failed").waitFor();
  await visitor.screenshot(page, `connect-lights-${suffix}`, { isWholePage: true });
  expect(await visitor.findBarriers(page)).toEqual([]);
  expect(await overflowsSideways(page)).toBe(false);
});
