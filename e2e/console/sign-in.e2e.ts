// What stands before the door when it does not open: each says why, and what to do.
import { afterEach, expect } from "vitest";
import { CONNECTION_FAULTS, story } from "./browser.ts";
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

story("a link that was cut, replaced or is over says so, and leads to the password", async ({ visitor }) => {
  const { url, owner, organizationId, execute } = await start();
  const parameters = { organization_id: organizationId };
  const { link, member } = await owner.members.add({
    parameters,
    body: { name: "Mia Member", email: "mia@example.com", role: "member" },
  });
  const newer = await owner.members.createLink({
    parameters: { ...parameters, person_id: member.person_id },
  });
  const page = await visitor.open({ origins: [url] });
  await page.goto(link?.url ?? "");
  await page.getByRole("heading", { name: "This link does not let you in" }).waitFor();
  await page.getByText(/a newer one has replaced it/).waitFor();
  await visitor.screenshot(page, "link-replaced");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign in with a password" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  execute("update agentos_cp_links set expires_at = unixepoch() - 60");
  await page.goto(newer.url);
  await page.getByText(/the link ended at/i).waitFor();
  await page.getByText(/a new one/).waitFor();
  await visitor.screenshot(page, "link-expired");
  await page.getByRole("button", { name: "Sign in with a password" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  // Pasted into the address bar of an open page, a link loads no document: it is taken all the same.
  await page.evaluate("window.location.hash = 'link=cut'");
  await page.getByRole("heading", { name: "This link does not let you in" }).waitFor();
  await page.getByText(/it was cut when it was copied/).waitFor();
  expect(new URL(page.url()).hash).toBe("");
});

story("too many failures say how long to wait, and a link still lets in", async ({ visitor }) => {
  const { url, owner, organizationId } = await start();
  const page = await visitor.open({ origins: [url] });
  await page.goto(url);
  await page.getByLabel("E-mail").fill("ada@example.com");
  const signIn = async (password: string) => {
    await page.getByLabel("Password").fill(password);
    const answered = page.waitForResponse("**/api/sign-in");
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
    await page.locator("button[aria-busy]").waitFor({ state: "detached" });
  };
  for (let attempt = 0; attempt < 5; attempt += 1) await signIn(`guess ${attempt}`);
  await signIn(PASSWORD);
  await page.getByText(/attempts to sign in have failed/).waitFor();
  await page.getByText(/wait a minute/i).waitFor();
  await visitor.screenshot(page, "sign-in-throttled");
  const { link } = await owner.members.add({
    parameters: { organization_id: organizationId },
    body: { name: "Mia Member", email: "mia@example.com", role: "member" },
  });
  const other = await visitor.open({ origins: [url] });
  await other.goto(link?.url ?? "");
  await other.getByLabel("Password").fill(PASSWORD);
  await other.getByRole("button", { name: "Set password and sign in" }).click();
  await other.getByRole("navigation", { name: "Breadcrumbs" }).waitFor();
});

story("at another address of the same console the right one is told", async ({ visitor }) => {
  const { url } = await start();
  const elsewhere = url.replace("localhost", "127.0.0.1");
  const page = await visitor.open({ origins: [url, elsewhere] });
  await page.goto(`${elsewhere}/members`);
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(/sign in at http:\/\/localhost:\d+ alone/).waitFor();
  await page.getByRole("link", { name: "Open the right address" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(page.url()).toBe(`${url}/members`);
});

story(
  "a link of somebody else asks before it swaps the person; one's own leads straight in",
  async ({ visitor }) => {
    const { url, add, printOwnerLink } = await start();
    await add({ name: "Grace Hopper", email: "grace@example.com", role: "member" });
    const page = await visitor.open({ origins: [url], expects: CONNECTION_FAULTS });
    await signInAt(page, url, "grace@example.com");
    await page.goto(await printOwnerLink());
    await page.getByRole("heading", { name: "Sign in as Ada Lovelace?" }).waitFor();
    await visitor.screenshot(page, "link-swap");
    await page.getByRole("button", { name: "Stay signed in as Grace Hopper" }).click();
    await page.getByRole("navigation", { name: "Breadcrumbs" }).waitFor();
    // Every tab of the browser is somebody else's then: nothing of the person before is left in one.
    const other = await page.context().newPage();
    await other.goto(await printOwnerLink());
    await other.getByRole("button", { name: "Sign in as Ada Lovelace" }).click();
    await other.getByRole("button", { name: /Account.*Ada Lovelace/ }).waitFor();
    await page.getByRole("button", { name: /Account.*Ada Lovelace/ }).waitFor();
    await other.getByRole("button", { name: /Account/ }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    const ended = page.getByRole("dialog", { name: "You were signed out" });
    await ended.waitFor();
    // The tab that has signed out loads anew: until then it is on its way elsewhere.
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    // Signed in again as the same person, the tabs go on.
    await signInAt(other, url, "ada@example.com");
    await ended.waitFor({ state: "hidden" });
    // Its address is gone from the page already: a connection that is lost is no end of the link.
    await page.route("**/api/links/redeem", (route) => route.abort(), { times: 1 });
    await page.goto(await printOwnerLink());
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: /Account.*Ada Lovelace/ }).waitFor();
  },
);

story(
  "who is in another organization needs no link, and who is in none reads what to do",
  async ({ visitor }) => {
    const { url, owner, organizationId, add, execute } = await start();
    const mia = { name: "Mia Member", email: "mia@example.com", role: "member" } as const;
    const { id } = await add(mia);
    const parameters = { organization_id: organizationId, person_id: id };
    // A second organization: the product makes none, its tables hold it.
    execute(`insert into agentos_cp_organizations (organization_id, name, created_at) values ('other', 'Other', 1);
    insert into agentos_cp_members (organization_id, person_id, role, version, created_at)
      values ('other', '${id}', 'member', 1, 1)`);
    await owner.members.remove({ parameters });
    const own = await visitor.open({ origins: [url] });
    await signInAt(own, `${url}/members?add=true`, "ada@example.com");
    await own.getByLabel("Name").fill(mia.name);
    await own.getByLabel("E-mail").fill(mia.email);
    await own.getByRole("button", { name: "Add member" }).last().click();
    await own.getByText("No link is needed").waitFor();
    await visitor.screenshot(own, "member-added-without-link");
    expect(await visitor.findBarriers(own, { within: "[role=dialog]" })).toEqual([]);
    await owner.members.remove({ parameters });
    execute("delete from agentos_cp_members where organization_id = 'other'");
    const page = await visitor.open({ origins: [url] });
    await page.goto(`${url}/members`);
    await page.getByLabel("E-mail").fill(mia.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "You belong to no organization" }).waitFor();
    await page.getByText(/Ask an Owner or Administrator to add you/).waitFor();
    await visitor.screenshot(page, "no-organization");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  },
);
