// LENGTH: one table, which is typed by the list of buttons: its rows stand together.
// What one click mends, all of it: the tables are typed by the list of buttons that the console offers, so that one without a
// row does not compile. Each row meets the cause for real, presses the button, and sees the same request let in.
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FindingCode, OneClickCode } from "../../apps/console/src/lib/refusal-fixes.ts";
import type { Page } from "../../tools/browser/drive.ts";
import { CONNECTION_FAULTS, story, type Visitor } from "./browser.ts";
import {
  BOTH,
  captureRequest,
  enterPassword,
  KEY_ONLY,
  NEITHER,
  oursOpen,
  oursWithKey,
  oursWithTokens,
  press,
  type Row,
  type Scene,
  shows,
  TOKENS,
  takesKey,
  takesNone,
  takesTokens,
  typeKey,
} from "./one-click-scene.ts";
import {
  openRefusalWorld,
  type RefusalWorld,
  SECURITY_KEY,
  type Served,
  signIn,
  type WorldInstance,
  type WorldPerson,
} from "./refusal-world.ts";
import { dialogOf, meetRefusal, openRefusals, tryAgain, turnsGreen } from "./refusals-on-page.ts";

let world: RefusalWorld;
beforeAll(async () => {
  world = await openRefusalWorld({ reachesInstances: true });
});
afterAll(() => world.close());

let local: Promise<WorldInstance> | undefined;
/** There is one. */
const localInstance = () => (local ??= world.connect("In this process", { isLocal: true }));

/** A text in the place of the key, which is then typed right. */
const typing =
  (code: OneClickCode, first?: string): Row =>
  async ({ instance, open }) => {
    await instance.setSwitches(KEY_ONLY);
    await instance.put(oursWithKey);
    const page = await open();
    await meetRefusal(page, "GET /config");
    if (first !== undefined) {
      await shows(page, "AUTH_SECURITY_KEY_MISSING");
      await typeKey(page, first);
    }
    await shows(page, code);
    await typeKey(page, SECURITY_KEY);
    await turnsGreen(page);
  };

/** Authorization is off here, so nothing is sent. */
const sendsNothing =
  (code: OneClickCode, tokenSource: "header" | "both"): Row =>
  async ({ instance, open }) => {
    await instance.setSwitches(KEY_ONLY);
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem, tokenSource } });
    const page = await open();
    await meetRefusal(page, "GET /config");
    await press(page, code, "Switch Authorization on");
    await turnsGreen(page);
  };

/** The key of the instance is used in the place of tokens. */
const goesBackToKey =
  (code: OneClickCode, switches: typeof BOTH, served: Served, statedVersion?: string): Row =>
  async ({ openOf }) => {
    const instance = await world.connect(code);
    await instance.setSwitches(switches);
    if (statedVersion !== undefined) await instance.stateVersion(statedVersion);
    await instance.put(served);
    const page = await openOf(instance);
    await meetRefusal(page, "GET /config");
    await press(page, code, "Switch Authorization off");
    await typeKey(page, SECURITY_KEY);
    await turnsGreen(page);
  };

/** The session behind the page is gone, and a token has to be made. */
const signsInAgain =
  (code: OneClickCode, end: (page: Page) => Promise<unknown>): Row =>
  async ({ instance, open }) => {
    await instance.put(takesTokens(instance));
    const page = await open();
    await page.getByText("This AgentOS keeps no record of refusals").waitFor();
    await end(page);
    await instance.put({
      python: { mode: "jwt", publicPem: (await createTestKey("RS256")).verificationKey },
    });
    await meetRefusal(page, "GET /config");
    await shows(page, code);
    await instance.put(takesTokens(instance));
    await press(page, code, "Sign in again");
    await enterPassword(page, "You were signed out");
    await turnsGreen(page);
  };

const ROWS: Readonly<Record<OneClickCode, Row>> = {
  AUTH_HEADER_MISSING: sendsNothing("AUTH_HEADER_MISSING", "header"),
  AUTH_TOKEN_MISSING: sendsNothing("AUTH_TOKEN_MISSING", "both"),
  AUTH_SECURITY_KEY_MISSING: typing("AUTH_SECURITY_KEY_MISSING"),
  AUTH_SECURITY_KEY_INVALID: typing("AUTH_SECURITY_KEY_INVALID", "not-the-key"),
  AUTH_SECURITY_KEY_QUOTED: typing("AUTH_SECURITY_KEY_QUOTED", `"${SECURITY_KEY}"`),
  AUTH_SECURITY_KEY_UNSET: typing("AUTH_SECURITY_KEY_UNSET", "$OS_SECURITY_KEY"),
  AUTH_TOKEN_NOT_ACCEPTED: typing("AUTH_TOKEN_NOT_ACCEPTED", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
  INSTANCE_BOTH_SWITCHES_ON: goesBackToKey("INSTANCE_BOTH_SWITCHES_ON", BOTH, takesKey()),
  INSTANCE_VERSION_WITHOUT_JWT: goesBackToKey(
    "INSTANCE_VERSION_WITHOUT_JWT",
    TOKENS,
    takesKey("2.3.12"),
    "2.3.12",
  ),
  INSTANCE_AUTHORIZATION_MISSING: goesBackToKey("INSTANCE_AUTHORIZATION_MISSING", TOKENS, takesKey()),

  async INSTANCE_AUTHORIZATION_UNWANTED({ instance, open, visitor }) {
    await instance.setSwitches(KEY_ONLY);
    await instance.put(takesKey());
    const page = await open();
    await meetRefusal(page, "GET /config");
    await typeKey(page, SECURITY_KEY);
    await turnsGreen(page);
    await dialogOf(page).getByRole("button", { name: "Done" }).click();
    await instance.put(takesTokens(instance));
    await meetRefusal(page, "GET /config");
    await shows(page, "INSTANCE_AUTHORIZATION_UNWANTED");
    await visitor.screenshot(page, "refusal-authorization-unwanted");
    await press(page, "INSTANCE_AUTHORIZATION_UNWANTED", "Switch Authorization on");
    await turnsGreen(page);
    await visitor.screenshot(page, "refusal-authorization-unwanted-resolved");
  },

  async INSTANCE_SWITCH_NOT_APPLIED({ openOf }) {
    const instance = await localInstance();
    await instance.setSwitches(KEY_ONLY);
    world.refusesSwitches = true;
    await instance.setSwitches(TOKENS);
    await instance.put(takesKey());
    const page = await openOf(instance);
    await meetRefusal(page, "GET /config");
    await shows(page, "INSTANCE_SWITCH_NOT_APPLIED");
    world.refusesSwitches = false;
    await instance.put(takesTokens(instance));
    await press(page, "INSTANCE_SWITCH_NOT_APPLIED", "Set the switches again");
    await turnsGreen(page);
  },

  async INSTANCE_OS_ID_DIFFERS({ instance, open }) {
    await instance.setOsId("before");
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem, verifiesAudience: true } });
    const page = await open();
    await meetRefusal(page, "GET /config");
    await press(page, "INSTANCE_OS_ID_DIFFERS", "Use the id “agent-os”");
    await turnsGreen(page);
  },

  async INSTANCE_NOT_REACHED({ openOf }) {
    const instance = await world.connect("Moved");
    await instance.setSwitches(NEITHER);
    await instance.put(oursOpen);
    const page = await openOf(instance);
    await page.getByText("Nothing was refused").waitFor();
    await instance.stop();
    await page.getByRole("button", { name: "Check my access" }).click();
    await page.getByRole("button", { name: "Why was GET /config refused?" }).click();
    await shows(page, "INSTANCE_NOT_REACHED");
    // That it does not run is mended elsewhere.
    expect(await dialogOf(page).getByRole("button", { name: "Load the page again" }).count()).toBe(0);
    await instance.move();
    await instance.put(oursOpen);
    origins.push(instance.endpoint);
    await tryAgain(page);
    await press(page, "INSTANCE_NOT_REACHED", "Load the page again");
    await page.getByRole("button", { name: "Check my access" }).click();
    await page.getByText("Let in", { exact: true }).first().waitFor();
  },

  async TOKEN_KEY_RETIRED({ instance, open }) {
    await instance.put(takesNone(instance));
    const page = await open();
    await meetRefusal(page, "GET /config");
    await instance.replaceKey();
    await instance.put(takesTokens(instance));
    await tryAgain(page);
    await press(page, "TOKEN_KEY_RETIRED", "Get a new token");
    await turnsGreen(page);
  },

  async TOKEN_AUDIENCE_STALE({ instance, open }) {
    await instance.setOsId("before");
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem, verifiesAudience: true } });
    const page = await open();
    await meetRefusal(page, "GET /config");
    await instance.setOsId("agent-os");
    await tryAgain(page);
    await press(page, "TOKEN_AUDIENCE_STALE", "Get a new token");
    await turnsGreen(page);
  },

  async TOKEN_SCOPE_LEFT_OUT({ visitor }) {
    // Where the control plane does not reach the instance: a token from before the change of the role is still taken there.
    const apart = await openRefusalWorld();
    const instance = await apart.connect("Apart");
    await instance.put(oursWithTokens(instance));
    const person = await apart.addMember("Lea");
    const page = await openRefusals(visitor, { world: apart, instance, person });
    await page.getByText("Nothing was refused").waitFor();
    await apart.changeRole(person, "administrator");
    await meetRefusal(page, "GET /authz/policy");
    await press(page, "TOKEN_SCOPE_LEFT_OUT", "Get a new token");
    await turnsGreen(page);
    await page.close();
    await apart.close();
  },

  async TOKEN_REVOKED_HERE({ instance, openAsMember }) {
    await instance.put(takesNone(instance));
    const { page, member } = await openAsMember();
    await meetRefusal(page, "GET /config");
    await instance.put(oursWithTokens(instance));
    await world.changeRole(member, "administrator");
    await world.revocationsArrive();
    await tryAgain(page);
    await press(page, "TOKEN_REVOKED_HERE", "Get a new token");
    await turnsGreen(page);
  },

  async AUTH_TOKEN_EXPIRED({ instance, open }) {
    const pair = await createTestKey("RS256");
    await instance.put({
      ours: { authorizationConfig: { verificationKeys: [instance.pem, pair.verificationKey] } },
    });
    const anHourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const token = withClaims(goodToken({ key: pair, now: anHourAgo }), {
      sub: world.owner.id,
      aud: "agent-os",
      scopes: ["config:read"],
      iat: anHourAgo,
      exp: anHourAgo + 300,
    });
    const headers = { authorization: `Bearer ${await signToken(token)}`, connection: "close" };
    expect((await fetch(`${instance.endpoint}/config`, { headers })).status).toBe(401);
    const page = await open();
    await page.getByRole("link", { name: /expired/ }).click();
    const panel = page.getByRole("dialog", { name: "Refusal" });
    await panel.getByText("AUTH_TOKEN_EXPIRED", { exact: true }).waitFor();
    await panel.getByRole("button", { name: "Get a new token" }).click();
    await turnsGreen(page);
  },

  async AUTH_CREDENTIAL_REVOKED({ instance, open }) {
    await instance.put(oursWithTokens(instance));
    const [request, page] = await captureRequest(instance, open);
    const token = request.replace("Bearer ", "");
    const { sid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      readonly sid: string;
    };
    const revoked = await fetch(`${instance.endpoint}/authz/revocations`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ kind: "sid", value: sid }),
    });
    expect(revoked.status).toBe(200);
    await meetRefusal(page, "GET /config");
    await press(page, "AUTH_CREDENTIAL_REVOKED", "Sign in again");
    // The session itself is a good one: who asked for another can change their mind.
    await page.getByRole("dialog", { name: "Sign in again" }).getByRole("button", { name: "Cancel" }).click();
    await press(page, "AUTH_CREDENTIAL_REVOKED", "Sign in again");
    await enterPassword(page, "Sign in again");
    await turnsGreen(page);
  },

  AUTH_SIGN_IN_ENDED: signsInAgain("AUTH_SIGN_IN_ENDED", () => world.owner.client.account.endOtherSessions()),
  AUTH_SIGN_IN_REQUIRED: signsInAgain("AUTH_SIGN_IN_REQUIRED", (page) => page.context().clearCookies()),
};

/** Grows while stories go on. */
const origins: string[] = [];

/** A visitor's one page of a person, wherever it goes. */
function makePages(visitor: Visitor) {
  const pages = new Map<string, Page>();
  return async (person: WorldPerson, path: string): Promise<Page> => {
    const open = pages.get(person.id);
    if (open !== undefined) {
      await open.goto(`${world.url}${path}`);
      return open;
    }
    const page = await visitor.open({ origins, expects: [...CONNECTION_FAULTS, /Content Security Policy/] });
    pages.set(person.id, page);
    await page.goto(`${world.url}${path}`);
    await signIn(page, person);
    return page;
  };
}

const isOfToken = (code: string) => /^TOKEN_|^AUTH_(?:TOKEN_EXPIRED|CREDENTIAL_|SIGN_IN_)/.test(code);
/** Each code is in one of them. */
const PARTS: readonly (readonly [name: string, isIn: (code: string) => boolean])[] = [
  ["of how the instance is set up", (code) => code.startsWith("INSTANCE_")],
  ["of the token or the session", isOfToken],
  ["of what was sent", (code) => code.startsWith("AUTH_") && !isOfToken(code)],
];

story.for(PARTS)(
  "each cause %s that a click mends is mended by it, and the same request is let in",
  { timeout: 120_000 },
  async ([, isIn], { visitor }) => {
    const instance = await world.connect("Shop");
    origins.push(world.url, instance.endpoint);
    const visit = makePages(visitor);
    let members = 0;
    const openOf = async (of: WorldInstance, person = world.owner) => {
      origins.push(of.endpoint);
      const page = await visit(person, `/i/${of.id}/refusals`);
      await page.getByRole("heading", { name: "Refusals", exact: true }).waitFor();
      return page;
    };
    const scene: Scene = {
      visitor,
      instance,
      openOf,
      open: () => openOf(instance),
      async openAsMember() {
        const member = await world.addMember(`Mia${(members += 1)}`);
        return { page: await openOf(instance, member), member };
      },
    };
    for (const [code, row] of Object.entries(ROWS).filter(([each]) => isIn(each))) {
      await instance.setSwitches(TOKENS);
      await instance.setOsId("agent-os");
      await row(scene).catch((cause: unknown) => {
        throw new Error(`the row of ${code} failed`, { cause });
      });
    }
  },
);

test("each row is played", () => {
  const counts = Object.keys(ROWS).map((code) => PARTS.filter(([, isIn]) => isIn(code)).length);
  expect(counts.every((count) => count === 1)).toBe(true);
});

interface FindingRow {
  /** Default: the one that the others have, too. */
  readonly connect?: () => Promise<WorldInstance>;
  readonly prepare: (instance: WorldInstance) => Promise<void>;
  readonly button: string;
}

/** What does not fit on the page of the instance: the button is pressed, and the finding is gone. */
const FINDINGS: Readonly<Record<FindingCode, FindingRow>> = {
  INSTANCE_OPEN: {
    async prepare(instance) {
      await instance.setSwitches(NEITHER);
      await instance.put(oursOpen);
    },
    button: "Switch Authorization on",
  },
  INSTANCE_AUTHORIZATION_UNWANTED: {
    async prepare(instance) {
      await instance.setSwitches(NEITHER);
      await instance.put(takesTokens(instance));
    },
    button: "Switch Authorization on",
  },
  INSTANCE_SECURITY_KEY_MISSING: {
    async prepare(instance) {
      await instance.setSwitches(KEY_ONLY);
      await instance.put(oursOpen);
    },
    button: "Switch Security key off",
  },
  INSTANCE_SECURITY_KEY_UNWANTED: {
    async prepare(instance) {
      await instance.setSwitches(NEITHER);
      await instance.put(takesKey());
    },
    button: "Switch Security key on",
  },
  INSTANCE_OS_ID_DIFFERS: {
    async prepare(instance) {
      await instance.setOsId("before");
      await instance.put(takesTokens(instance));
    },
    button: "Use the id “agent-os”",
  },
  INSTANCE_SWITCH_NOT_APPLIED: {
    connect: localInstance,
    async prepare(instance) {
      world.refusesSwitches = true;
      await instance.setSwitches(KEY_ONLY);
      await instance.put(takesKey());
      world.refusesSwitches = false;
    },
    button: "Set the switches again",
  },
};

story(
  "each finding that a click mends is gone after it",
  async ({ visitor }) => {
    const shared = await world.connect("Findings");
    origins.push(world.url);
    const visit = makePages(visitor);
    for (const [code, { connect, prepare, button }] of Object.entries(FINDINGS)) {
      const instance = connect === undefined ? shared : await connect();
      origins.push(instance.endpoint);
      await instance.setSwitches(TOKENS);
      await instance.setOsId("agent-os");
      await prepare(instance);
      const page = await visit(world.owner, `/i/${instance.id}/instance`);
      const finding = page.getByRole("article").filter({ hasText: code });
      await finding.getByRole("button", { name: button }).click();
      await finding.waitFor({ state: "detached" }).catch((cause: unknown) => {
        throw new Error(`the finding ${code} stays`, { cause });
      });
    }
  },
  60_000,
);

story(
  "a clock that is wrong is named by how much, and no button promises to mend it",
  async ({ visitor }) => {
    const instance = await world.connect("Clock");
    const inAnHour = { mode: "jwt", publicPem: instance.pem, clockAhead: 3_600, exposesDate: true } as const;
    await instance.put({ python: inAnHour });
    origins.push(world.url, instance.endpoint);
    const page = await makePages(visitor)(world.owner, `/i/${instance.id}/refusals`);
    await meetRefusal(page, "GET /config");
    await shows(page, "AUTH_CLOCKS_DIFFER");
    const dialog = dialogOf(page);
    await dialog
      .getByText("The clocks of the control plane and the instance differ by 60 minutes.")
      .waitFor();
    await visitor.screenshot(page, "refusal-clocks");
    // A Python AgentOS shows no page its clock: then it is told by the token, which is in time here.
    await instance.put({ python: { ...inAnHour, exposesDate: false } });
    await tryAgain(page);
    await dialog.getByText(/differ by more than \d/).waitFor();
    expect(await dialog.getByRole("button", { name: "Get a new token" }).count()).toBe(0);
    await instance.put(oursWithTokens(instance));
    await tryAgain(page);
    await turnsGreen(page);
    await visitor.screenshot(page, "refusal-clocks-resolved");
    // One of ours shows it.
    const date = await page.evaluate(
      `fetch("${instance.endpoint}/health").then((answer) => answer.headers.get("date"))`,
    );
    expect(Math.abs(Date.parse(String(date)) - Date.now())).toBeLessThan(60_000);
  },
);
