// What one click mends: the cause is met, its button is pressed, and the same request is let in.
import { afterAll, beforeAll, expect } from "vitest";
import { story } from "./browser.ts";
import { openRefusalWorld, PASSWORD, type RefusalWorld, SECURITY_KEY } from "./refusal-world.ts";
import {
  dialogOf,
  expectCause,
  meetRefusal,
  openRefusals,
  tryAgain,
  turnsGreen,
} from "./refusals-on-page.ts";

let world: RefusalWorld;
beforeAll(async () => {
  world = await openRefusalWorld();
});
afterAll(() => world.close());

const KEY_ONLY = { authorization: false, security_key: true };
const withKey = { python: { mode: "security_key", securityKey: SECURITY_KEY } } as const;

story(
  "a security key that is missing or wrong is typed; unwanted tokens are switched on",
  async ({ visitor }) => {
    const instance = await world.connect("Key");
    await instance.setSwitches(KEY_ONLY);
    await instance.put(withKey);
    const page = await openRefusals(visitor, { world, instance });
    await meetRefusal(page, "GET /config");
    const dialog = dialogOf(page);
    await dialog.getByText("AUTH_SECURITY_KEY_MISSING", { exact: true }).waitFor();
    await dialog.getByLabel("Security key of the instance").fill("not-the-key");
    await dialog.getByRole("button", { name: "Use this key" }).click();
    await dialog.getByText("AUTH_SECURITY_KEY_INVALID", { exact: true }).waitFor();
    await dialog.getByLabel("Security key of the instance").fill(SECURITY_KEY);
    await dialog.getByRole("button", { name: "Use this key" }).click();
    await turnsGreen(page);
    await dialog.getByRole("button", { name: "Close" }).last().click();

    await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
    await meetRefusal(page, "GET /config");
    await expectCause(page, "INSTANCE_AUTHORIZATION_UNWANTED", "Certain");
    await visitor.screenshot(page, "refusal-authorization-unwanted");
    await dialog.getByRole("button", { name: "Switch Authorization on" }).click();
    await turnsGreen(page);
  },
);

story("where nothing was sent because Authorization is off, it is switched on", async ({ visitor }) => {
  const instance = await world.connect("Nothing sent");
  await instance.setSwitches(KEY_ONLY);
  await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
  const page = await openRefusals(visitor, { world, instance });
  await meetRefusal(page, "GET /config");
  const dialog = dialogOf(page);
  await dialog.getByText("AUTH_HEADER_MISSING", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Switch Authorization on" }).click();
  await turnsGreen(page);
});

story("a token for an id of before, and an id that is not the instance's", async ({ visitor }) => {
  const instance = await world.connect("Audience");
  await instance.setOsId("before");
  await instance.put({ python: { mode: "jwt", publicPem: instance.pem, verifiesAudience: true } });
  const page = await openRefusals(visitor, { world, instance });
  await meetRefusal(page, "GET /config");
  await expectCause(page, "INSTANCE_OS_ID_DIFFERS", "Certain");
  await dialogOf(page).getByRole("button", { name: "Use the id agent-os" }).click();
  await turnsGreen(page);

  // The tab's token names the id that was right when it was made.
  await instance.setOsId("before");
  await page.reload();
  await meetRefusal(page, "GET /config");
  await instance.setOsId("agent-os");
  await tryAgain(page);
  await expectCause(page, "TOKEN_AUDIENCE_STALE", "Certain");
  await dialogOf(page).getByRole("button", { name: "Get a new token" }).click();
  await turnsGreen(page);
});

story("a token of a key that was retired is made anew", async ({ visitor }) => {
  const instance = await world.connect("Retired key");
  await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
  const page = await openRefusals(visitor, { world, instance });
  await page.getByRole("button", { name: "Check my access" }).click();
  await page.getByText("Let in", { exact: true }).first().waitFor();
  const publicPem = await instance.replaceKey();
  await instance.put({ python: { mode: "jwt", publicPem } });
  await meetRefusal(page, "GET /config");
  await expectCause(page, "TOKEN_KEY_RETIRED", "Certain");
  await dialogOf(page).getByRole("button", { name: "Get a new token" }).click();
  await turnsGreen(page);
});

story("who was signed out signs in again, and goes on in the same dialog", async ({ visitor }) => {
  const instance = await world.connect("Signed out");
  await instance.put({ python: { mode: "jwt", algorithm: "HS256", publicPem: instance.pem } });
  const page = await openRefusals(visitor, { world, instance });
  await meetRefusal(page, "GET /config");
  await expectCause(page, "INSTANCE_ALGORITHM_OTHER", "Certain");
  await world.owner.client.account.endOtherSessions();
  await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
  await tryAgain(page);
  const ended = page.getByRole("dialog", { name: "You were signed out" });
  await ended.waitFor();
  expect(await dialogOf(page).isVisible()).toBe(false);
  await page.getByLabel("Password").fill(PASSWORD);
  await ended.getByRole("button", { name: "Sign in" }).click();
  await dialogOf(page).waitFor();
  await tryAgain(page);
  await turnsGreen(page);
});
