/** What the stories of one click are played with: what stands at the endpoint, and what people do in the dialog. */
import type { OneClickCode } from "../../apps/console/src/lib/refusal-fixes.ts";
import type { Page } from "../../tools/browser/drive.ts";
import type { Visitor } from "./browser.ts";
import {
  PASSWORD,
  SECURITY_KEY,
  type Served,
  type WorldInstance,
  type WorldPerson,
} from "./refusal-world.ts";
import { dialogOf } from "./refusals-on-page.ts";

export const TOKENS = { authorization: true, security_key: false };
export const KEY_ONLY = { authorization: false, security_key: true };
export const BOTH = { authorization: true, security_key: true };
export const NEITHER = { authorization: false, security_key: false };

export const takesTokens = ({ pem }: WorldInstance): Served => ({ python: { mode: "jwt", publicPem: pem } });
/** Whatever token comes, it is refused: what a client does by itself with a refused token is done by then. */
export const takesNone = ({ pem }: WorldInstance): Served => ({
  python: { mode: "jwt", publicPem: pem, algorithm: "HS256" },
});
export const takesKey = (version = "2.9.0"): Served => ({
  python: { mode: "security_key", version, securityKey: SECURITY_KEY },
});
export const oursWithTokens = ({ pem }: WorldInstance): Served => ({
  ours: { authorization: true, env: { JWT_VERIFICATION_KEY: pem } },
});
export const oursWithKey: Served = { ours: { env: { OS_SECURITY_KEY: SECURITY_KEY } } };
export const oursOpen: Served = { ours: { env: {} } };

/** What a row is played with. */
export interface Scene {
  readonly visitor: Visitor;
  /** Set to ask for tokens alone, with the id "agent-os". */
  readonly instance: WorldInstance;
  /** The page about its refusals, loaded as a document: no token and no key is left in it. */
  open(): Promise<Page>;
  /** As a Member, who is made for it. */
  openAsMember(): Promise<{ readonly page: Page; readonly member: WorldPerson }>;
  openOf(instance: WorldInstance): Promise<Page>;
}

export type Row = (scene: Scene) => Promise<void>;

export const shows = (page: Page, code: string) => dialogOf(page).getByText(code, { exact: true }).waitFor();

export async function press(page: Page, code: OneClickCode, button: string): Promise<void> {
  await shows(page, code);
  await dialogOf(page).getByRole("button", { name: button }).click();
}

export async function typeKey(page: Page, key: string): Promise<void> {
  await dialogOf(page)
    .getByLabel(/^Security key of /)
    .fill(key);
  await dialogOf(page).getByRole("button", { name: "Use this key" }).click();
}

/** Where the session is over, or only a new one is wanted. */
export async function enterPassword(
  page: Page,
  title: "You were signed out" | "Sign in again",
): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The credential of the first request that the page sends to the instance. */
export async function captureRequest(
  instance: WorldInstance,
  open: () => Promise<Page>,
): Promise<readonly [authorization: string, page: Page]> {
  const page = await open();
  const [request] = await Promise.all([
    page.waitForRequest((each) => each.url() === `${instance.endpoint}/config` && each.method() === "GET"),
    page.getByRole("button", { name: "Check my access" }).click(),
  ]);
  await page.getByText("Let in", { exact: true }).first().waitFor();
  return [(await request.allHeaders())["authorization"] ?? "", page];
}
