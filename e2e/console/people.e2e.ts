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
  story("members, roles, audit and settings are as they should be", async ({ visitor }) => {
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
      await visitor.screenshot(page, `${name}-${look.theme}-${look.width}`, { isWholePage: true });
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
    await page.getByRole("table", { name: "Scopes of the roles" }).waitFor();
    await see("roles");
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
    await page.getByRole("table", { name: "Your sessions" }).waitFor();
    await see("settings");
  });
});

story("an Owner adds somebody, who comes in by the link and chooses a password", async ({ visitor }) => {
  const { url } = await start();
  const page = await visitor.open({ origins: [url] });
  await signInAt(page, `${url}/members`, "ada@example.com");
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("Name").fill(MIA.name);
  await page.getByLabel("E-mail").fill(MIA.email);
  await page.getByRole("button", { name: "Add member" }).last().click();
  await page.getByRole("dialog", { name: "Mia Member is a member now" }).waitFor();
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
