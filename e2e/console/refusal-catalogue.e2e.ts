// Every code of the catalogue that a person can meet: what the dialog shows of it has its cause, its evidence and its fix, and
// whoever is to be asked is named. All of them stand on one page of the styleguide, in the component that the dialog has.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { CAUSES, REFUSALS, renderNeutral } from "@agentos/contract";
import { afterAll, beforeAll, expect } from "vitest";
import type { OneClickCode } from "../../apps/console/src/lib/refusal-fixes.ts";
import { overflowsSideways, story } from "./browser.ts";
import { type StartedConsole, startConsole } from "./start-console.ts";

const root = join(import.meta.dirname, "../..");
let guide: StartedConsole;
beforeAll(async () => {
  const build = [join(root, "tools/build-console.ts"), "--styleguide"];
  const { status, stderr } = spawnSync(process.execPath, build, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  guide = await startConsole({ consoleFolder: join(root, "apps/console/dist/styleguide") });
});
afterAll(() => guide.close());

/** What only who runs a command meets, and what a socket is closed with, is shown elsewhere. */
const CODES = Object.entries({ ...REFUSALS, ...CAUSES }).filter(([code]) => !/^CLI_|_SOCKET_/.test(code));

const asShown = (text: string) => {
  // What stands between backticks is set as code.
  const rendered = renderNeutral(text, "npx agentos")
    .replaceAll("<who can>", "an Owner or Administrator")
    .replaceAll("`", "")
    .trim();
  return (rendered.charAt(0).toUpperCase() + rendered.slice(1)).replaceAll(/\s+/g, " ");
};
/** Its fix is a choice: the ways out stand in its place. */
const WITH_CHOICES: readonly string[] = [
  "INSTANCE_BOTH_SWITCHES_ON",
  "INSTANCE_VERSION_WITHOUT_JWT",
  "INSTANCE_AUTHORIZATION_MISSING",
] satisfies readonly OneClickCode[];
/** Somebody else has to give something: who that is, is said. */
const ASKED = /^(?:TOKEN_ROLE|SCOPE_(?:MISSING|OTHER_RESOURCE|PREREQUISITE_MISSING|ROLE_INSUFFICIENT)$)/;

const OF_CONTROL_PLANE = /^(?:AUTH_SIGN_IN_(?:REQUIRED|ENDED)|SCOPE_(?:ROLE_INSUFFICIENT|NOT_A_MEMBER))$/;

story("each code has a cause, evidence and a fix, and names whoever is to be asked", async ({ visitor }) => {
  const page = await visitor.open({ origins: [guide.url], width: "phone" });
  await page.goto(`${guide.url}/#refusals`);
  await page.getByRole("heading", { name: "Refusals, by code" }).waitFor();
  const texts = await page.evaluate<readonly (readonly [code: string, text: string])[]>(
    "[...document.querySelectorAll('article')].map((each) => [each.ariaLabel, each.innerText])",
  );
  const shown = new Map(texts.map(([code, text]) => [code, text.replaceAll(/\s+/g, " ")]));
  expect([...shown.keys()]).toEqual(CODES.map(([code]) => code));
  const missing = CODES.flatMap(([code, { title, fix }]) => {
    const text = shown.get(code) ?? "";
    const ways = WITH_CHOICES.includes(code) ? ["pick one", "Use the security key only"] : [asShown(fix)];
    const asked = ASKED.test(code) ? ["A message for an Owner or Administrator", "It needs authz:read."] : [];
    // The checks are an instance's.
    const checks = OF_CONTROL_PLANE.test(code) ? [] : ["Checks ("];
    return [asShown(title), ...ways, ...asked, `Evidence of ${code}.`, "What to do", ...checks, code]
      .filter((part) => !text.includes(part))
      .map((part) => `${code}: ${part}`);
  });
  expect(missing).toEqual([]);
  expect([...shown].filter(([, text]) => /ask (?:nobody|no role)|<who/i.test(text))).toEqual([]);
  expect(await overflowsSideways(page)).toBe(false);
});
