// Pages about an instance: it stands in the bar, its pages have addresses, and the document may talk to it and to nobody else.
import { createControlPlaneClient, createMemorySession } from "@agentos/client";
import { afterEach, expect } from "vitest";
import { story } from "./browser.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

const PASSWORD = "correct horse battery";
let started: StartedConsole | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

story(
  "an instance that is connected stands in the bar, and its pages have addresses",
  async ({ visitor }) => {
    started = await startConsole();
    const { url, printOwnerLink } = started;
    const owner = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
    const secret = new URL(await printOwnerLink()).hash.replace("#link=", "");
    const { memberships } = await owner.signIn.redeemLink({
      body: { secret, name: "Ada Lovelace", email: "ada@example.com", password: PASSWORD },
    });
    const organization_id = memberships[0]?.organization.id ?? "";
    const endpoint = "https://agents.example.com";
    const draft = await owner.instances.create({
      parameters: { organization_id },
      body: { name: "Production <b>x</b>", endpoint },
    });
    await owner.instances.connect({ parameters: { organization_id, instance_id: draft.id } });

    const page = await visitor.open({ origins: [url] });
    const stranger = await page.goto(`${url}/i/${draft.id}/chat`);
    expect(stranger?.headers()["content-security-policy"]).toContain("connect-src 'self';");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Chat" }).waitFor();
    expect(page.url()).toBe(`${url}/i/${draft.id}/chat`);
    // A name is text, whatever it looks like.
    await page.getByRole("button", { name: /Switch instance.*Production <b>x<\/b>/ }).waitFor();
    await visitor.screenshot(page, "instance-chat");
    const document = await page.reload();
    expect(document?.headers()["content-security-policy"]).toContain(`connect-src 'self' ${endpoint};`);

    await page.goto(`${url}/i/none/chat`);
    await page.getByRole("heading", { name: "No such instance" }).waitFor();
    await page.goto(`${url}/nowhere/at/all`);
    await page.getByRole("heading", { name: "No such page" }).waitFor();
    await visitor.screenshot(page, "no-such-page");
    expect(await visitor.findBarriers(page)).toEqual([]);
  },
);
