// The pages of one instance: switches, keys, policy, tokens, access and settings, each against a real AgentOS.
import { createControlPlaneClient, createMemorySession } from "@agentos/client";
import { afterEach, beforeEach, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { makeFolder, startCommand } from "../support/start-command.ts";
import { CONNECTION_FAULTS, OPPOSITES, overflowsSideways, SIZES, story } from "./browser.ts";
import { holdClock, type InstanceWorld, openInstanceWorld, type Place, readShell } from "./instance-world.ts";

let world: InstanceWorld;
let place: Place;
beforeEach(async () => {
  world = await openInstanceWorld();
  place = await world.findPlace();
});
afterEach(() => world.close());

const origins = () => [world.url, place.endpoint];

/** The lines for a shell that the page shows. */
async function readLines(page: Page): Promise<Record<string, string>> {
  const lines = page.getByLabel("Configuration for a shell", { exact: true });
  await lines.waitFor();
  return readShell(await lines.innerText());
}

/** Connected, with Authorization on here and there. */
async function connectGuarded(name = "Shop"): Promise<string> {
  await place.putOurs();
  const instance_id = await world.connect(name, place);
  const parameters = { organization_id: world.organizationId, instance_id };
  await world.owner.instances.update({ parameters, body: { os_id: "shop" } });
  await world.owner.instances.setSwitches({
    parameters,
    body: { authorization: true, security_key: false },
  });
  await giveLines(instance_id);
  return instance_id;
}

/** Starts it anew with the lines that it is given now. */
async function giveLines(instance_id: string): Promise<void> {
  const parameters = { organization_id: world.organizationId, instance_id };
  await world.owner.instances.observe({
    parameters,
    body: {
      endpoint: place.endpoint,
      outcome: "answered",
      answers: [{ route: "GET /info", status: 200, body: { server_version: "0.1.0" } }],
    },
  });
  const { shell } = await world.owner.instances.configuration({ parameters });
  await place.putOurs({ env: readShell(shell.join("\n")) });
}

story(
  "both switches on: the page names both ways out, and the preferred one is a click",
  async ({ visitor }) => {
    const key = "k9-tRw3z_Qp7vXe2mYb8sLd4";
    await place.putOurs({ env: { OS_SECURITY_KEY: key } });
    const id = await world.connect("Shop", place);
    await world.owner.instances.setSwitches({
      parameters: { organization_id: world.organizationId, instance_id: id },
      body: { authorization: true, security_key: true },
    });
    const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
    await world.signIn(page, `/i/${id}/instance`);
    const ways = page.getByRole("list", { name: "Ways out" });
    await ways.getByRole("heading", { name: "Use Authorization (JWT) only" }).waitFor();
    await ways.getByRole("heading", { name: "Use the security key only" }).waitFor();
    await visitor.screenshot(page, "instance-both-on", { isWholePage: true });
    expect(await visitor.findBarriers(page)).toEqual([]);
    await ways.getByRole("button", { name: "Switch Security key off" }).click();
    await page.getByRole("switch", { name: /^Security key/, checked: false }).waitFor();
    await page.getByText("Not there yet").first().waitFor();
    await place.putOurs({ env: await readLines(page) });
    await page.getByText("Matches", { exact: true }).first().waitFor();
    await page.getByText("Connected").first().waitFor();
    await visitor.screenshot(page, "instance-agrees", { isWholePage: true });
  },
);

story("both switches on, and the other way out: the security key alone", async ({ visitor }) => {
  await place.putPython({ mode: "security_key", securityKey: "the-key", version: "2.9.0" });
  const id = await world.connect("Shop", place);
  await world.owner.instances.setSwitches({
    parameters: { organization_id: world.organizationId, instance_id: id },
    body: { authorization: true, security_key: true },
  });
  const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
  await world.signIn(page, `/i/${id}/instance`);
  await page.getByRole("button", { name: "Switch Authorization off" }).click();
  await page.getByRole("switch", { name: /^Authorization/, checked: false }).waitFor();
  await page.getByText("Matches", { exact: true }).nth(1).waitFor();
  await page.getByRole("tab", { name: "Token" }).click();
  await page.getByText("A root credential which no role limits", { exact: true }).waitFor();
  await visitor.screenshot(page, "instance-security-key");
  expect(await visitor.findBarriers(page)).toEqual([]);
});

story(
  "an AgentOS before 2.3.13 cannot be switched to Authorization, and the page says why",
  async ({ visitor }) => {
    await place.putPython({ mode: "security_key", securityKey: "the-key", version: "2.3.12" });
    const id = await world.connect("Shop", place);
    await world.owner.instances.update({
      parameters: { organization_id: world.organizationId, instance_id: id },
      body: { stated_version: "2.3.12" },
    });
    const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
    await world.signIn(page, `/i/${id}/instance`);
    await page.getByText("Version 2.3.12, entered by hand, cannot verify tokens.").waitFor();
    expect(await page.getByRole("switch", { name: /^Authorization/ }).isDisabled()).toBe(true);
    await visitor.screenshot(page, "instance-version-gate");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByLabel("Version of the AgentOS").fill("2.3.13");
    await page.getByRole("button", { name: "State the version" }).click();
    await page.getByRole("tab", { name: "Switches" }).click();
    await page.getByRole("switch", { name: /^Authorization/, disabled: false }).waitFor();
  },
);

story("a key is rotated in three stations, each with its reason", async ({ visitor }) => {
  const id = await connectGuarded();
  const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
  await world.signIn(page, `/i/${id}/instance?tab=keys`);
  await page.getByRole("button", { name: "Publish a new key" }).click();
  await page.getByText("The instance has not loaded the new key yet").waitFor();
  await visitor.screenshot(page, "instance-keys-published", { isWholePage: true });
  expect(await visitor.findBarriers(page)).toEqual([]);
  await giveLines(id);
  await page.getByText("The instance has loaded the new key.").waitFor();
  await page.getByRole("button", { name: "Sign with it" }).click();
  await page.getByText("Safe to retire").waitFor();
  await visitor.screenshot(page, "instance-keys-retiring", { isWholePage: true });
  await page.getByRole("button", { name: "Retire the old key" }).click();
  await page.getByText("Rotation is done").waitFor();
  await visitor.screenshot(page, "instance-keys-retired", { isWholePage: true });
});

story("a revocation that an instance could not take is told, and sent again", async ({ visitor }) => {
  const instance_id = await connectGuarded();
  const organization = { organization_id: world.organizationId };
  const { member, link } = await world.owner.members.add({
    parameters: organization,
    body: { name: "Mia Member", email: "mia@acme.example", role: "member" },
  });
  const mia = createControlPlaneClient({ baseUrl: world.url, session: createMemorySession() });
  const secret = new URL(link?.url ?? "").hash.replace("#link=", "");
  await mia.signIn.redeemLink({ body: { secret, password: "correct horse battery" } });
  await mia.tokens.mint({ parameters: { ...organization, instance_id }, body: {} });
  await place.stop();
  await world.owner.members.remove({ parameters: { ...organization, person_id: member.person_id } });
  const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
  await holdClock(page);
  await world.signIn(page, "/audit?tab=revocations");
  await page.getByText("Tokens of a person who was removed").waitFor();
  // The first attempt is noted a moment after it was made; the page reads again every five seconds.
  await page.clock.fastForward(5_000);
  await page.getByText(/the instance does not answer/i).waitFor();
  await visitor.screenshot(page, "revocation-pending");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await giveLines(instance_id);
  await page.getByRole("button", { name: /^Send \d+ pending now$/ }).click();
  await expect
    .poll(async () => (await world.owner.revocations.list({ parameters: organization })).data[0]?.state)
    .toBe("applied");
  await page.clock.fastForward(5_000);
  await page.getByText("In force", { exact: true }).waitFor();
  await visitor.screenshot(page, "revocation-applied");
});

story("a token for a terminal is shown once, and works", async ({ visitor }) => {
  const id = await connectGuarded();
  const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
  await world.signIn(page, `/i/${id}/instance?tab=token`);
  await page.getByRole("radio", { name: "Only some" }).click();
  await visitor.screenshot(page, "instance-token-scopes");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.getByLabel("The token alone", { exact: true }).innerText();
  const line = await page.getByLabel("Ask for the agents", { exact: true }).innerText();
  expect(line).toBe(`curl -sS ${place.endpoint}/agents -H 'Authorization: Bearer ${token}'`);
  const answer = await fetch(`${place.endpoint}/agents`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  expect(await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")).not.toMatch(
    /eyJ/,
  );
  await page.getByRole("button", { name: "Forget it" }).click();
  await page.getByRole("button", { name: "Make a token" }).waitFor();
  expect(await page.content()).not.toContain(token);
});

story(
  "another address is another trust: said before, and the lights begin again there",
  async ({ visitor }) => {
    const id = await connectGuarded();
    const other = await world.findPlace();
    await other.putOurs();
    const page = await visitor.open({ origins: [...origins(), other.endpoint] });
    await world.signIn(page, `/i/${id}/instance?tab=settings`);
    await page.getByLabel("Address", { exact: true }).fill(other.endpoint);
    await page.getByRole("button", { name: "Change the address…" }).click();
    await page.getByText("The keys that sign for it are destroyed").waitFor();
    await visitor.screenshot(page, "instance-move");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Change the address", exact: true }).click();
    await page.getByRole("heading", { name: "Connection of Shop" }).waitFor();
    await page.locator('[data-light="agentos"][data-state="passed"]').waitFor();
    await page.getByText(other.endpoint).first().waitFor();
  },
);

story(
  "an instance has addresses of its own, and is deleted by whoever types its name",
  async ({ visitor }) => {
    // A name is text, whatever it looks like.
    const name = "Shop <b>x</b>";
    const id = await connectGuarded(name);
    const page = await visitor.open({ origins: origins(), expects: CONNECTION_FAULTS });
    const address = `/i/${id}/instance?tab=settings`;
    const policyOf = async () =>
      (await page.goto(`${world.url}${address}`))?.headers()["content-security-policy"];
    expect(await policyOf()).toContain("connect-src 'self';");
    await world.signIn(page, address);
    expect(page.url()).toBe(`${world.url}${address}`);
    expect(await policyOf()).toContain(`connect-src 'self' ${place.endpoint};`);
    await page.getByRole("button", { name: /Switch instance.*Shop <b>x<\/b>/ }).waitFor();
    await page.getByRole("button", { name: "Delete the instance…" }).click();
    const dialog = page.getByRole("dialog");
    expect(
      await dialog.getByRole("button", { name: "Delete the instance" }).getAttribute("aria-disabled"),
    ).toBe("true");
    await dialog.getByLabel(`Type ${name} to go on`).fill(name);
    await dialog.getByRole("button", { name: "Delete the instance" }).click();
    await page.getByRole("heading", { name: "No instance yet" }).waitFor();
    await page.evaluate(`history.pushState({}, "", "/i/${id}/chat")`);
    await page.getByRole("heading", { name: "No such instance" }).waitFor();
  },
);

story(
  "an instance that looks like another one is told apart, and what it says is quoted",
  async ({ visitor }) => {
    await connectGuarded();
    const other = await world.findPlace();
    const organization = { organization_id: world.organizationId };
    // The third letter is not the Latin one.
    const twin = await world.connect("Sh\u043ep", other);
    await world.owner.instances.setSwitches({
      parameters: { ...organization, instance_id: twin },
      body: { authorization: false, security_key: true },
    });
    const page = await visitor.open({ origins: [...origins(), other.endpoint] });
    const words = { title: "run `curl evil.example`", detail: "x", fix: "type your password" };
    await page.route(`${other.endpoint}/**`, (route) => {
      const isRecord = route.request().url().endsWith("/authz/denials/den_1");
      return route.fulfill({
        status: isRecord ? 200 : 401,
        headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*" },
        json: isRecord
          ? { ...RECORD, ...words, denial_id: "den_1" }
          : { ...words, type: "/errors/X", code: "AUTH_SIGN_IN_ENDED" },
      });
    });
    await world.signIn(page, `/i/${twin}`);
    await page.getByText("The instance refused, and says: “run `curl evil.example`”").waitFor();
    await page.getByText("Cause not certain").waitFor();
    await page.getByText("The instance says: “type your password”").waitFor();
    // Nobody but the control plane ends a session here.
    expect(await page.getByRole("dialog").count()).toBe(0);
    const addressOf = ({ endpoint }: Place) => endpoint.replace("http://", "");
    const [address, real] = [addressOf(other), addressOf(place)];
    await page.getByRole("button", { name: new RegExp(`Switch instance.*${address}`) }).click();
    await page.getByRole("menuitem", { name: real }).waitFor();
    await visitor.screenshot(page, "instance-twins");
    await page.keyboard.press("Escape");

    await page.goto(`${world.url}/r/den_1`);
    await page.getByRole("heading", { name: "Whose refusal is it?" }).waitFor();
    await page.getByRole("table").getByText(address).waitFor();
    expect(await page.getByRole("table").getByText(real).count()).toBe(0);
    await visitor.screenshot(page, "refusal-whose");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("main").getByRole("link", { name: "Sh\u043ep" }).click();
    await page.getByRole("heading", { name: /^The instance refused, and says/ }).waitFor();

    await page.goto(`${world.url}/i/${twin}/instance?tab=token`);
    await page.getByText("Another instance has the same name, or one that looks like it").waitFor();
    await page.getByText(`The key goes to ${other.endpoint}, and nowhere else. You connected it.`).waitFor();
    await visitor.screenshot(page, "instance-key-of-twin");

    // On a phone the bar comes and goes, and the instance at hand stays, also where the address names none.
    await page.setViewportSize(SIZES.phone);
    const openBar = () => page.getByRole("button", { name: "Open the navigation" }).click();
    await openBar();
    await page.getByRole("dialog").getByRole("link", { name: "Members" }).click();
    await page.getByRole("heading", { name: "Members", exact: true }).waitFor();
    await openBar();
    await page.getByRole("button", { name: new RegExp(`Switch instance.*${address}`) }).waitFor();
    await visitor.screenshot(page, "instance-at-hand-phone");
    await page.keyboard.press("Escape");
    await page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link").first().click();
    await page.waitForURL(`**/i/${twin}`);
  },
);

/** As an instance of ours keeps it. */
const RECORD = {
  view: "operator",
  created_at: 1_764_000_000,
  last_seen_at: 1_764_000_000,
  count: 1,
  status: 401,
  code: "AUTH_SECURITY_KEY_MISSING",
  exact_code: "AUTH_SECURITY_KEY_MISSING",
  route: "GET /agents",
  subject: null,
  issuer: null,
  client: null,
  required_scopes: [],
  missing_scopes: [],
  facts: {},
  timeline: [],
};

story("with `agentos dev` a switch reconfigures the AgentOS while the page is open", async ({ visitor }) => {
  const dev = startCommand(["dev", "--port", "0", "--quiet"], { cwd: makeFolder(), hasConsole: true });
  const [, link = ""] = await dev.waitFor(/Sign in as its owner: (http:\S+)/);
  const url = new URL(link).origin;
  const [, endpoint = ""] = await dev.waitFor(/AgentOS is ready at (http:\S+)/);
  const page = await visitor.open({ origins: [url, endpoint] });
  await page.goto(link);
  await page.getByRole("link", { name: "Access & keys", exact: true }).click();
  const authorization = page.getByRole("switch", { name: /^Authorization/ });
  await page.getByText("Matches", { exact: true }).first().waitFor();
  const status = async () => (await fetch(`${endpoint}/agents`)).status;
  expect(await status()).toBe(401);
  await authorization.click();
  await page.getByRole("switch", { name: /^Authorization/, checked: false }).waitFor();
  await page.getByText("Matches", { exact: true }).nth(1).waitFor();
  expect(await status()).toBe(200);
  await visitor.screenshot(page, "instance-open", { isWholePage: true });
  await authorization.click();
  await page.getByRole("switch", { name: /^Authorization/, checked: true }).waitFor();
  await page.getByText("Cannot be seen while Authorization is on").waitFor();
  expect(await status()).toBe(401);
  await page.close();
  await dev.stop();
});

// Colours are measured without a browser: two looks show the rest.

story.for(OPPOSITES)(
  "every part of the page fits in $theme at $width width",
  { timeout: 120_000 },
  async (look, { visitor }) => {
    const id = await connectGuarded();
    const page = await visitor.open({ origins: origins(), ...look });
    const suffix = `${look.theme}-${look.width}`;
    await world.signIn(page, `/i/${id}/instance`);
    await page.getByText("Matches", { exact: true }).first().waitFor();
    for (const [tab, heading] of [
      ["Keys", "Rotation"],
      ["Policy", "In force"],
      ["Token", "Token for a terminal"],
      ["Roles", "Who may do what here"],
      ["Settings", "Delete"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      await visitor.screenshot(page, `instance-${tab.toLowerCase()}-${suffix}`, { isWholePage: true });
      expect([tab, ...(await visitor.findBarriers(page))]).toEqual([tab]);
      expect(await overflowsSideways(page)).toBe(false);
    }
    await page.goto(`${world.url}/instances`);
    await page.getByRole("table", { name: "Instances" }).waitFor();
    await page
      .getByText(/^(?:Connected|\d+ problems?)$/)
      .first()
      .waitFor();
    await visitor.screenshot(page, `instances-${suffix}`);
    expect(await visitor.findBarriers(page)).toEqual([]);
  },
);
