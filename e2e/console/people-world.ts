/** An organization with people in each role, and a visitor who signs in as one of them. */
import { type ControlPlaneClient, createControlPlaneClient, createMemorySession } from "@agentos/client";
import type { Page } from "../../tools/browser/drive.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

export const PASSWORD = "correct horse battery";

export interface PeopleWorld extends StartedConsole {
  readonly organizationId: string;
  /** Ada Lovelace, ada@example.com. */
  readonly owner: ControlPlaneClient;
  /** Adds somebody who has chosen a password, and gives their client. */
  add(person: NewPerson): Promise<AddedPerson>;
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly role: "owner" | "administrator" | "member";
}

export interface AddedPerson {
  readonly id: string;
  readonly client: ControlPlaneClient;
}

export async function startPeople(): Promise<PeopleWorld> {
  const started = await startConsole();
  const { url } = started;
  const owner = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
  const { memberships } = await owner.signIn.redeemLink({
    body: {
      secret: secretOf(await started.printOwnerLink()),
      name: "Ada Lovelace",
      email: "ada@example.com",
      password: PASSWORD,
    },
  });
  const organizationId = memberships[0]?.organization.id ?? "";
  return {
    ...started,
    organizationId,
    owner,
    async add(person) {
      const added = await owner.members.add({
        parameters: { organization_id: organizationId },
        body: person,
      });
      const client = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
      await client.signIn.redeemLink({
        body: { secret: secretOf(added.link?.url ?? ""), password: PASSWORD },
      });
      return { id: added.member.person_id, client };
    },
  };
}

function secretOf(link: string): string {
  return new URL(link).hash.replace("#link=", "");
}

/** Opens the address as a stranger, and signs in there. */
export async function signInAt(page: Page, address: string, email: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  // By its place: an address that opens a layer hides it from roles.
  await page.locator("nav[aria-label=Breadcrumbs]").waitFor();
}
