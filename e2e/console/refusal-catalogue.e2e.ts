// Every code of the catalogue that a person can meet in a diagnosis: the dialog shows its cause, its evidence and its fix. The
// instance refuses for real; the control plane's answer is put in the place of what it would have found.
import { CAUSES, REFUSALS, renderNeutral } from "@agentos/contract";
import { afterAll, beforeAll, expect } from "vitest";
import { story } from "./browser.ts";
import { openRefusalWorld, type RefusalWorld } from "./refusal-world.ts";
import { dialogOf, meetRefusal, openRefusals, tryAgain } from "./refusals-on-page.ts";

let world: RefusalWorld;
beforeAll(async () => {
  world = await openRefusalWorld();
});
afterAll(() => world.close());

/** What only who runs a command meets, and what a socket is closed with, is shown elsewhere. */
const CODES = Object.entries({ ...REFUSALS, ...CAUSES }).filter(([code]) => !/^CLI_|_SOCKET_/.test(code));

const asShown = (text: string) => {
  // What stands between backticks is set as code.
  const rendered = renderNeutral(text, "npx agentos").trim().replaceAll("`", "");
  return rendered.charAt(0).toUpperCase() + rendered.slice(1);
};

story(
  "each code has a cause, evidence and a fix in the dialog",
  async ({ visitor }) => {
    const instance = await world.connect("Catalogue");
    await instance.put({ python: { mode: "jwt", algorithm: "HS256", publicPem: instance.pem } });
    const page = await openRefusals(visitor, { world, instance });
    let at = -1;
    await page.route("**/diagnoses", (route) => {
      const [code, entry] = CODES[Math.max(at, 0)] ?? [];
      if (code === undefined || entry === undefined) return route.continue();
      const cause = {
        code,
        certainty: "certain",
        title: renderNeutral(entry.title, "npx agentos"),
        evidence: [{ fact: `evidence of ${code}`, source: "the story" }],
        fix: renderNeutral(entry.fix, "npx agentos"),
        command: null,
        choices: [],
      };
      return route.fulfill({ json: { causes: [cause], knows: [] } });
    });
    at = 0;
    await meetRefusal(page, "GET /config");
    const dialog = dialogOf(page);
    const missing: string[] = [];
    for (const [index, [code, { title, fix }]] of CODES.entries()) {
      await dialog.getByText(code, { exact: true }).waitFor();
      const text = (await dialog.innerText()).replaceAll(/\s+/g, " ");
      for (const part of [asShown(title), asShown(fix), `Evidence of ${code}.`, "Checks"])
        if (!text.includes(part.replaceAll(/\s+/g, " "))) missing.push(`${code}: ${part}`);
      at = index + 1;
      if (at < CODES.length) await tryAgain(page);
    }
    expect(missing).toEqual([]);
  },
  120_000,
);
