/** What people do on the page of refusals, and in the dialog that explains one. */
import { expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { CONNECTION_FAULTS, overflowsSideways, type Visitor } from "./browser.ts";
import { type RefusalWorld, signIn, type WorldInstance, type WorldPerson } from "./refusal-world.ts";

interface Opened {
  readonly world: RefusalWorld;
  readonly instance: WorldInstance;
  /** Default: the Owner. */
  readonly person?: WorldPerson;
}

export async function openRefusals(
  visitor: Visitor,
  { world, instance, person = world.owner }: Opened,
): Promise<Page> {
  const page = await visitor.open({
    origins: [world.url, instance.endpoint],
    // The instance is started anew while the page looks at it.
    expects: CONNECTION_FAULTS,
  });
  await page.goto(`${world.url}/i/${instance.id}/refusals`);
  await signIn(page, person);
  await page.getByRole("heading", { name: "Refusals", exact: true }).waitFor();
  return page;
}

/** Asks what the person may do, and opens the dialog about one request. */
export async function meetRefusal(page: Page, route: string): Promise<void> {
  await page.getByRole("button", { name: /Check (?:my access|again)/ }).click();
  const why = page.getByRole("button", { name: `Why was ${route} refused?` });
  await why.click({ timeout: 15_000 }).catch(async (cause: unknown) => {
    throw new Error(`${route} was not refused: ${await page.getByRole("main").innerText()}`, { cause });
  });
  await dialogOf(page).waitFor();
}

export const dialogOf = (page: Page) =>
  page.getByRole("dialog", { name: /^(?:Authorization Failed|This request is let in now)$/ });

export async function expectCause(page: Page, code: string, certainty: "Certain" | "Likely"): Promise<void> {
  const dialog = dialogOf(page);
  await dialog.getByText(code, { exact: true }).waitFor();
  await dialog.getByText(`Cause ${certainty.toLowerCase()}`, { exact: true }).waitFor();
}

/** The same in the other theme, and on a phone. */
export async function lookAround(page: Page, visitor: Visitor, name: string): Promise<void> {
  const size = page.viewportSize();
  await page.emulateMedia({ colorScheme: "dark" });
  await visitor.screenshot(page, `${name}-dark`);
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.screenshot(page, `${name}-phone`);
  expect(await overflowsSideways(page)).toBe(false);
  if (size !== null) await page.setViewportSize(size);
}

export const tryAgain = (page: Page) =>
  page.getByRole("button", { name: "Try the same request again" }).click();
export const tryAgainWithRole = (page: Page) =>
  page.getByRole("button", { name: "I have the role now: try again" }).click();
export const turnsGreen = (page: Page) => page.getByText("The same request was let in").last().waitFor();
