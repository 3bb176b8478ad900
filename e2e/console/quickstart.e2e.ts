// Does what docs/authorization.md tells its reader to do with the console: its file, its shell lines, and each press in the
// words of the page. Only ports are others.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "@agentos/testkit/processes";
import { afterAll, beforeAll, expect } from "vitest";
import { blocksOf, hasShell, openPageShell, type PageShell } from "../support/page-shell.ts";
import { CONNECTION_FAULTS, story } from "./browser.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

const PAGE = "docs/authorization.md";
const SECTION = "With the console";
const prose = readFileSync(join(import.meta.dirname, "../..", PAGE), "utf8");

let started: StartedConsole;
let shell: PageShell;
beforeAll(async () => {
  shell = openPageShell();
  started = await startConsole({ host: "127.0.0.1", allowedPrivateEndpoints: ["localhost"] });
});
afterAll(async () => {
  await started.close();
  shell.close();
});

/** A name that the reader finds in the page. */
function told(name: string): string {
  expect(prose).toContain(`*${name}*`);
  return name;
}

story.skipIf(!hasShell)(
  "docs/authorization.md: from an open AgentOS to one that says no",
  async ({ visitor }) => {
    const { json, sh, text } = blocksOf(PAGE, SECTION);
    const port = String(await findFreePort());
    const here = (lines: string) =>
      lines.replaceAll("7770", port).replaceAll("http://127.0.0.1:7778", started.url);
    const address = here("http://localhost:7770");
    writeFileSync(join(shell.folder, "agentos.json"), json[0] ?? "");
    const open = await shell.serve(here(sh[0] ?? ""));

    const page = await visitor.open({ origins: [started.url, address], expects: CONNECTION_FAULTS });
    await page.goto(await started.printOwnerLink());
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Create owner and sign in" }).click();

    await page.getByRole("link", { name: told("Instances") }).click();
    await page
      .getByRole("link", { name: told("Connect an instance") })
      .first()
      .click();
    await page.getByLabel("Name").fill("Shop");
    await page.getByLabel("Address").fill(address);
    await page.getByRole("button", { name: told("Check the address") }).click();
    await page.getByRole("button", { name: told("Connect it"), exact: true }).click();
    await page.getByRole("switch", { name: told("Authorization (JWT)") }).click();
    await page.getByRole("heading", { name: told("Copy the configuration") }).waitFor();
    const lines = await page.getByLabel("Configuration for a shell", { exact: true }).innerText();

    await shell.stop(open);
    const guarded = await shell.serve(`${lines}\n${here(sh[1] ?? "")}`);
    try {
      await page.getByText("Shop is connected").waitFor();
      const [shown = ""] = (text[0] ?? "").split(" … ");
      expect(await shell.runToEnd(here(sh[2] ?? ""))).toContain(shown);
      await page.getByRole("link", { name: told("Open Shop") }).click();
      await page.getByRole("link", { name: told("Refusals") }).click();
      await page.getByText("No credential was sent").first().waitFor();
    } finally {
      await page.close();
      await shell.stop(guarded);
    }
  },
);
