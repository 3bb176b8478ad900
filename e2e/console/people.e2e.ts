// Members and roles: adding, changing, removing, and what each control says to whom it is closed.
import { afterEach, describe, expect } from "vitest";
import { LOOKS, overflowsSideways, story } from "./browser.ts";
import { PASSWORD, type PeopleWorld, signInAt, startPeople } from "./people-world.ts";

let world: PeopleWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function start(): Promise<PeopleWorld> {
  world = await startPeople();
  return world;
}

const GRACE = { name: "Grace Hopper", email: "grace@example.com", role: "administrator" } as const;
const MIA = { name: "Mia Member", email: "mia@example.com", role: "member" } as const;

describe.each(LOOKS)("in $theme at $width width", (look) => {
  story(
    "members, roles, audit and settings are as they should be",
    { timeout: 120_000 },
    async ({ visitor }) => {
      const { url, owner, organizationId, add } = await start();
      const grace = await add(GRACE);
      const mia = await add(MIA);
      await owner.members.changeRole({
        parameters: { organization_id: organizationId, person_id: mia.id },
        body: { role: "administrator" },
      });
      await owner.members.add({
        parameters: { organization_id: organizationId },
        body: { name: "Linus <i>Late</i>", email: "linus@example.com", role: "member" },
      });
      const page = await visitor.open({ origins: [url], ...look });
      const see = async (name: string) => {
        // A layer lies over the window, not over the page.
        const isWholePage = !(await page.getByRole("dialog").isVisible());
        await visitor.screenshot(page, `${name}-${look.theme}-${look.width}`, { isWholePage });
        // Colours are measured without a browser: one look of each width shows the rest.
        if ((look.theme === "dark") === (look.width === "phone"))
          expect([name, ...(await visitor.findBarriers(page))]).toEqual([name]);
        expect([name, await overflowsSideways(page)]).toEqual([name, false]);
      };
      await signInAt(page, `${url}/members`, "ada@example.com");
      await page.getByRole("cell", { name: "Linus <i>Late</i>" }).waitFor();
      await see("members");
      await page.goto(`${url}/members?add=true`);
      await page.getByRole("dialog", { name: "Add a member" }).waitFor();
      await see("member-add");
      await page.goto(`${url}/members?member=${grace.id}`);
      await page.getByRole("dialog", { name: "Grace Hopper" }).waitFor();
      await page.getByRole("radio", { name: "Member" }).click();
      await page.getByText("loses").waitFor();
      await see("member-change");
      await page.goto(`${url}/members?tab=roles`);
      await page.getByRole("table", { name: "What each role may do" }).waitFor();
      await see("roles");
      if (look.theme === "light" && look.width === "desktop") await visitor.screenshot(page, "roles");
      await page.goto(`${url}/audit`);
      await page.getByText("changed the role of").waitFor();
      await see("audit");
      await page.getByText("changed the role of").click();
      await page.getByRole("heading", { name: "Before and after" }).waitFor();
      await see("audit-entry");
      await page.goto(`${url}/audit?tab=revocations`);
      await page.getByRole("heading", { name: "Nothing has been revoked" }).waitFor();
      await see("revocations");
      await page.goto(`${url}/settings`);
      await page.getByRole("table", { name: "Where you are signed in" }).waitFor();
      await see("settings");
    },
  );
});

story("an Owner adds somebody, who comes in by the link and chooses a password", async ({ visitor }) => {
  const { url } = await start();
  const page = await visitor.open({ origins: [url] });
  await signInAt(page, `${url}/members`, "ada@example.com");
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("Name").fill(MIA.name);
  await page.getByLabel("E-mail").fill(MIA.email);
  await page.getByRole("button", { name: "Add member" }).last().click();
  await page.getByRole("dialog", { name: "Mia Member is added" }).waitFor();
  const link = await page.locator("pre").textContent();
  await visitor.screenshot(page, "member-added");
  expect(await visitor.findBarriers(page)).toEqual([]);
  // A stray key does not lose what cannot be seen again.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Not signed in yet").waitFor();
  expect(await page.content()).not.toContain(new URL(link ?? "").hash);

  const newcomer = await visitor.open({ origins: [url] });
  await newcomer.goto(link ?? "");
  await newcomer.getByRole("heading", { name: "Welcome, Mia Member" }).waitFor();
  await visitor.screenshot(newcomer, "invitation");
  await newcomer.getByLabel("Password").fill(PASSWORD);
  await newcomer.getByRole("button", { name: "Set password and sign in" }).click();
  await newcomer.getByRole("navigation", { name: "Breadcrumbs" }).waitFor();
});

story(
  "another role is given with its consequence said before, and the audit log tells it",
  async ({ visitor }) => {
    const { url, add } = await start();
    const mia = await add(MIA);
    const page = await visitor.open({ origins: [url] });
    await signInAt(page, `${url}/members`, "ada@example.com");
    await page.getByRole("link", { name: "Mia Member" }).click();
    await page.getByRole("radio", { name: "Administrator" }).click();
    await page.getByText("This revokes Mia Member’s tokens").waitFor();
    await page.getByText("Mia Member gets").waitFor();
    await page.getByRole("button", { name: "Make Mia Member Administrator" }).click();
    await page.getByText("Mia Member is Administrator now").waitFor();
    await page.getByRole("link", { name: "What was done to them" }).click();
    expect(page.url()).toBe(`${url}/audit?target=${mia.id}`);
    await page.getByRole("link", { name: /changed the role of Mia Member/ }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("now administrator").waitFor();
    await panel.getByText("before member").waitFor();
    const address = page.url();
    // The address of a change is enough to see it, and its filters stay.
    await page.goto(address);
    await panel.getByText("now administrator").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(page.url()).toBe(`${url}/audit?target=${mia.id}`);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("combobox", { name: "Person" }).fill("Mia");
    await page.getByRole("option", { name: "Mia Member" }).click();
    await page.getByRole("link", { name: "Mia Member set a password" }).waitFor();
    expect(await page.getByRole("link", { name: /^Ada Lovelace/ }).count()).toBe(0);
  },
);

story("what a person may not do to another is closed, and says why", async ({ visitor }) => {
  const { url, owner, add } = await start();
  await add(GRACE);
  const { person } = await owner.account.read();
  const own = await visitor.open({ origins: [url] });
  await signInAt(own, `${url}/members?member=${person.id}`, "ada@example.com");
  const panel = own.getByRole("dialog");
  // The last Owner stays, and nobody makes a link for themselves: it would get around the current password.
  await panel.getByText("The last Owner has to stay.").first().waitFor();
  expect(await own.getByRole("radio", { name: "Member" }).isDisabled()).toBe(true);
  await panel.getByRole("button", { name: "Leave the organization…" }).focus();
  await own.getByText("Make another member Owner first.").last().waitFor();
  await visitor.screenshot(own, "last-owner");
  expect(await visitor.findBarriers(own)).toEqual([]);
  await panel.getByRole("link", { name: "Change your password in Settings" }).waitFor();
  expect(await panel.getByRole("button", { name: "Make a link" }).count()).toBe(0);

  const other = await visitor.open({ origins: [url] });
  await signInAt(other, `${url}/members?member=${person.id}`, GRACE.email);
  await other.getByText("Ada Lovelace may more than you").first().waitFor();
  await other
    .getByText(/Ask an Owner/)
    .first()
    .waitFor();
});

story(
  "a member is removed, an Owner only by their typed name, and a new link brings somebody back in",
  async ({ visitor }) => {
    const { url, add } = await start();
    const mia = await add(MIA);
    await add({ ...GRACE, role: "owner" });
    const page = await visitor.open({ origins: [url] });
    await signInAt(page, `${url}/members?member=${mia.id}`, "ada@example.com");
    await page.getByRole("button", { name: "Make a link" }).click();
    const link = (await page.getByRole("dialog").locator("pre").textContent()) ?? "";
    const lost = await visitor.open({ origins: [url] });
    await lost.goto(link);
    await lost.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await visitor.screenshot(lost, "reset-password");
    expect(await visitor.findBarriers(lost)).toEqual([]);

    await page.getByRole("button", { name: "Remove Mia Member…" }).click();
    await page.getByText("Their sessions end, and all tokens").waitFor();
    // What is shown this once is inside of the panel, with its button.
    await page.getByRole("button", { name: "Copy link" }).scrollIntoViewIfNeeded();
    const layer = page.getByRole("dialog").locator("> div");
    const widths = await layer.evaluate((part) =>
      "scrollWidth" in part && "clientWidth" in part ? [part.scrollWidth, part.clientWidth] : [],
    );
    expect(widths[0]).toBe(widths[1]);
    await visitor.screenshot(page, "member-remove");
    await page.getByRole("button", { name: "Remove Mia Member", exact: true }).click();
    await page.getByText("Mia Member is no member any more").waitFor();

    await page.getByRole("link", { name: "Grace Hopper" }).click();
    await page.getByRole("button", { name: "Remove Grace Hopper…" }).click();
    const remove = page.getByRole("button", { name: "Remove Grace Hopper", exact: true });
    expect(await remove.getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel("Type “Grace Hopper” to go on").fill("Grace Hopper");
    await remove.click();
    await page.getByText("Grace Hopper is no member any more").waitFor();
  },
);

story(
  "a removed member's open console keeps what they typed, says what happened, and holds nothing when they leave",
  async ({ visitor }) => {
    const { url, owner, organizationId, add } = await start();
    const grace = await add(GRACE);
    const page = await visitor.open({ origins: [url] });
    await signInAt(page, `${url}/members?add=true`, GRACE.email);
    await page.getByLabel("Name").fill("Somebody whom she was adding");
    await owner.members.remove({ parameters: { organization_id: organizationId, person_id: grace.id } });
    await page.getByLabel("E-mail").fill("new@example.com");
    await page.getByRole("button", { name: "Add member" }).last().click();
    await page.getByRole("dialog", { name: "You were signed out" }).waitFor();
    await page.getByText(/you were removed from the organization/).waitFor();
    // One dialog at a time: the other one stepped aside, with what was typed.
    await page.getByRole("dialog", { name: "Add a member" }).waitFor({ state: "hidden" });
    await visitor.screenshot(page, "removed-member");
    expect(
      await page.locator("input").evaluateAll((all) => all.map((one) => "value" in one && one.value)),
    ).toContain("Somebody whom she was adding");
    const ended = page.getByRole("dialog", { name: "You were signed out" });
    await ended.getByLabel("Password").fill(PASSWORD);
    await ended.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No account has this e-mail address with this password.").waitFor();
    await page.getByRole("button", { name: "Discard and leave" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.content()).not.toContain("Ada Lovelace");
  },
);

story(
  "who is given less while the console is open sees at the next refusal what is closed now",
  async ({ visitor }) => {
    const { url, owner, organizationId, add } = await start();
    const grace = await add(GRACE);
    const page = await visitor.open({ origins: [url] });
    await signInAt(page, `${url}/members?add=true`, GRACE.email);
    await page.getByLabel("Name").fill("Late");
    await page.getByLabel("E-mail").fill("late@example.com");
    await owner.members.changeRole({
      parameters: { organization_id: organizationId, person_id: grace.id },
      body: { role: "member" },
    });
    await page.getByRole("button", { name: "Add member" }).last().click();
    await page.getByRole("heading", { name: "Your role does not show the members" }).waitFor();
    await page.getByRole("button", { name: /Account.*member/i }).waitFor();
  },
);

story("settings: the name, the password, the sessions and the organization", async ({ visitor }) => {
  const { url, owner, organizationId } = await start();
  // The audit log comes in pages.
  for (let at = 0; at < 50; at += 1)
    await owner.organizations.update({
      parameters: { organization_id: organizationId },
      body: { name: `Engines ${at}` },
    });
  const elsewhere = await visitor.open({ origins: [url] });
  await signInAt(elsewhere, `${url}/settings`, "ada@example.com");
  const page = await visitor.open({ origins: [url] });
  await signInAt(page, `${url}/settings`, "ada@example.com");
  await page.getByLabel("Name", { exact: true }).fill("Ada King");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Name saved").waitFor();
  await page.getByLabel("Organization name").fill("Analytical Engines");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("navigation", { name: "Breadcrumbs" }).getByText("Analytical Engines").waitFor();
  await page.getByRole("button", { name: "Sign out 2 other browsers" }).waitFor();
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("four words of another kind");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("That is not your current password.").waitFor();
  await visitor.screenshot(page, "password-wrong");
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Password changed").waitFor();
  await page.getByRole("button", { name: "Sign out 2 other browsers" }).waitFor({ state: "detached" });
  // The oldest change of all is on the second page.
  await page.evaluate(`history.pushState({}, "", "/audit")`);
  await page.getByRole("button", { name: "Show older changes" }).click();
  await page.getByRole("link", { name: /set up the organization/ }).waitFor();
  await page.getByRole("button", { name: "Show older changes" }).waitFor({ state: "detached" });
  // Elsewhere the session is over at the next step.
  await elsewhere.goto(`${url}/members`);
  await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();
});
