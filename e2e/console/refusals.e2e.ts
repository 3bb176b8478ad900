// Each situation of the page "Authorization Failed", met in the console, and mended in it: what the dialog says is done, and
// the same request is let in.
import { ACCESS_PREREQUISITES, ERRORS, type RefusalEntry, renderText } from "@agentos/contract";
import { createTestKey, goodToken, signToken, withClaims, withHeader } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { story } from "./browser.ts";
import { openRefusalWorld, type RefusalWorld, SECURITY_KEY } from "./refusal-world.ts";
import {
  dialogOf,
  expectCause,
  lookAround,
  meetRefusal,
  openRefusals,
  tryAgain,
  tryAgainWithRole,
  turnsGreen,
} from "./refusals-on-page.ts";

let world: RefusalWorld;
beforeAll(async () => {
  world = await openRefusalWorld();
});
afterAll(() => world.close());

const BOTH = { authorization: true, security_key: true };

describe("401, algorithm mismatch", () => {
  story(
    "of the platform's tokens: the line is copied, and the instance started again",
    async ({ visitor }) => {
      const instance = await world.connect("Algorithm");
      await instance.put({ python: { mode: "jwt", algorithm: "HS256", publicPem: instance.pem } });
      const page = await openRefusals(visitor, { world, instance });
      await meetRefusal(page, "GET /config");
      await expectCause(page, "INSTANCE_ALGORITHM_OTHER", "Certain");
      await dialogOf(page).getByText('algorithm="RS256"').waitFor();
      await visitor.screenshot(page, "refusal-algorithm");
      expect(await visitor.findBarriers(page)).toEqual([]);
      await tryAgain(page);
      await page.getByText("Tried again, and refused again").last().waitFor();
      await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
      await tryAgain(page);
      await turnsGreen(page);
      await visitor.screenshot(page, "refusal-algorithm-resolved");
    },
  );
});

describe("401, the PEM was mangled", () => {
  story("on its way: the lines are shown to set it again", async ({ visitor }) => {
    const instance = await world.connect("Mangled");
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem.replaceAll("\n", "") } });
    const page = await openRefusals(visitor, { world, instance });
    await meetRefusal(page, "GET /config");
    await expectCause(page, "INSTANCE_KEY_MANGLED", "Certain");
    const switcher = (state: string) =>
      page.getByRole("button", { name: new RegExp(`Switch instance.*${state}`), includeHidden: true });
    await switcher("Key cannot be read").waitFor({ state: "attached" });
    await page.getByText("JWT_VERIFICATION_KEY=").first().waitFor();
    await visitor.screenshot(page, "refusal-key-mangled");
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
    await tryAgain(page);
    await turnsGreen(page);
    await switcher("Connected").waitFor({ state: "attached" });
    await visitor.screenshot(page, "refusal-key-mangled-resolved");
  });

  story("on some machines alone: those have another key", async ({ visitor }) => {
    const instance = await world.connect("Another key");
    const other = await createTestKey("RS256");
    await instance.put({
      ours: { authorization: true, env: { JWT_VERIFICATION_KEY: other.verificationKey } },
    });
    const page = await openRefusals(visitor, { world, instance });
    // The list itself is refused, so the refusal stands in its place.
    await page
      .getByRole("region", { name: "Authorization failed" })
      .getByText("INSTANCE_KEY_OTHER")
      .waitFor();
    await visitor.screenshot(page, "refusal-key-other", { isWholePage: true });
    expect(await visitor.findBarriers(page)).toEqual([]);
    await instance.put({ ours: { authorization: true, env: { JWT_VERIFICATION_KEY: instance.pem } } });
    await tryAgain(page);
    // It is loaded again where it was refused.
    await page.getByRole("table", { name: "Refusals" }).waitFor();
    await visitor.screenshot(page, "refusal-key-other-resolved");
  });
});

describe("403, insufficient scopes", () => {
  story(
    "a Member asks what the role does not give, and is told whom to ask",
    async ({ visitor }) => {
      const instance = await world.connect("Scopes");
      await instance.put({ ours: { authorization: true, env: { JWT_VERIFICATION_KEY: instance.pem } } });
      const person = await world.addMember("Rita");
      const page = await openRefusals(visitor, { world, instance, person });
      await meetRefusal(page, "GET /authz/policy");
      await expectCause(page, "TOKEN_ROLE_INSUFFICIENT", "Certain");
      await page
        .getByText(/Ask an Owner or Administrator/)
        .first()
        .waitFor();
      await visitor.screenshot(page, "refusal-member");
      expect(await visitor.findBarriers(page)).toEqual([]);
      // Somebody gives the role: a token made anew has it.
      await world.changeRole(person, "administrator");
      await tryAgainWithRole(page);
      await turnsGreen(page);
      await visitor.screenshot(page, "refusal-member-resolved");
    },
    120_000,
  );

  story(
    "their own refusal is recorded, and has an address where it turns green",
    async ({ visitor }) => {
      const instance = await world.connect("Recorded");
      await instance.put({ ours: { authorization: true, env: { JWT_VERIFICATION_KEY: instance.pem } } });
      const person = await world.addMember("Sara");
      const page = await openRefusals(visitor, { world, instance, person });
      // From the dialog to the page about it: the dialog does not stand over where its link leads to.
      await meetRefusal(page, "GET /authz/policy");
      await dialogOf(page).getByRole("link", { name: "Open as a page" }).click();
      await page.waitForURL(/\/r\//);
      await dialogOf(page).waitFor({ state: "hidden" });
      await page.goto(`${world.url}/i/${instance.id}/refusals`);
      await page
        .getByRole("link", { name: /lacks a scope/ })
        .first()
        .click();
      await page.getByRole("dialog", { name: "Refusal" }).waitFor();
      await visitor.screenshot(page, "refusals");
      await lookAround(page, visitor, "refusals");
      // Whatever the list shows, what is open is read by its id.
      const elsewhere = new URL(page.url());
      elsewhere.searchParams.set("code", "AUTH_TOKEN_EXPIRED");
      await page.goto(elsewhere.href);
      await page.getByRole("dialog", { name: "Refusal" }).getByText("SCOPE_MISSING").first().waitFor();
      await page.getByRole("link", { name: "Open as a page" }).last().click();
      await page.waitForURL(/\/r\//);
      await page.getByRole("heading", { name: "Record", exact: true }).waitFor();
      await visitor.screenshot(page, "refusal-page", { isWholePage: true });
      await lookAround(page, visitor, "refusal-page");
      await page.getByRole("heading", { name: /Your role Member does not give/ }).waitFor();
      await world.changeRole(person, "administrator");
      await page.reload();
      await page.getByRole("button", { name: /try.* again$/i }).click();
      await turnsGreen(page);
    },
    120_000,
  );
});

describe("an access prerequisite, before the instance can be loaded", () => {
  // The three roles hold all of them: what the control plane would say to a role that does not is put in its place.
  const problem = (code: "SCOPE_ROLE_INSUFFICIENT" | "TOKEN_PREREQUISITE_MISSING", scope: string) => {
    const { title, fix, detail, status } = ERRORS[code] as RefusalEntry;
    const blocks = ACCESS_PREREQUISITES.find((each) => each.scope === scope)?.blocks ?? "";
    const facts = {
      role: "Guest",
      scope,
      blocks,
      required_scopes: [scope],
      missing_scopes: [scope],
      who_can: "an Owner or Administrator",
    };
    const words = { title: renderText(title, facts), fix: renderText(fix, facts) };
    const scopes = { required_scopes: [scope], missing_scopes: [scope] };
    const type = `/errors/${code}`;
    return { status, json: { type, ...words, detail: renderText(detail, facts), status, code, ...scopes } };
  };

  story("is named, with who can give it", async ({ visitor }) => {
    const instance = await world.connect("Gates");
    await instance.put({ ours: { authorization: true, env: { JWT_VERIFICATION_KEY: instance.pem } } });
    const page = await openRefusals(visitor, { world, instance });
    for (const scope of ["org:read", "os:read"] as const) {
      await page.route("**/organizations/*/instances", (route) =>
        route.fulfill(problem("SCOPE_ROLE_INSUFFICIENT", scope)),
      );
      await page.reload();
      await page.getByText(`Your role Guest does not give ${scope}.`).first().waitFor();
      await page
        .getByText(/^Ask an Owner or Administrator to do it/)
        .first()
        .waitFor();
    }
    await visitor.screenshot(page, "refusal-gate");
    await page.unrouteAll();
    await page.route("**/instances/*/tokens", (route) =>
      route.fulfill(problem("TOKEN_PREREQUISITE_MISSING", "config:read")),
    );
    await page.reload();
    const panel = page.getByRole("region", { name: "Authorization failed" });
    await panel.getByText(/config:read: without it the console cannot load an instance/).waitFor();
    await panel.getByText(/ask an Owner or Administrator for another role/).waitFor();
    await visitor.screenshot(page, "refusal-gate-config");
    await page.unrouteAll();
    await tryAgain(page);
    await page.getByRole("table", { name: "Refusals" }).waitFor();
  });
});

describe("tokens of one's own", () => {
  /** Nothing more was refused, and what one asks for oneself is let in. */
  async function showAccess(page: Page): Promise<void> {
    await page.getByRole("dialog", { name: "Refusal" }).getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Check my access" }).click();
    await page.getByText("Let in", { exact: true }).nth(4).waitFor();
  }

  story("of another algorithm: the record shows both, and the fix is followed", async ({ visitor }) => {
    const instance = await world.connect("Standalone");
    const [pair, secret] = [await createTestKey("RS256"), await createTestKey("HS256")];
    await instance.put({
      ours: { authorizationConfig: { verificationKeys: [instance.pem, pair.verificationKey] } },
    });
    const parts = withClaims(goodToken({ key: pair, now: Math.floor(Date.now() / 1_000) }), {
      scopes: ["config:read", "agents:read"],
      aud: "agent-os",
    });
    const ask = async (token: string) =>
      (await fetch(`${instance.endpoint}/agents`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await ask(await signToken({ ...withHeader(parts, { alg: "HS256" }), key: secret }))).toBe(401);
    const page = await openRefusals(visitor, { world, instance });
    await page.getByRole("link", { name: /HS256/ }).click();
    const panel = page.getByRole("dialog", { name: "Refusal" });
    await panel.getByText("Algorithm: the instance expects").waitFor();
    await panel
      .getByText(/sign (?:the token )?with/i)
      .first()
      .waitFor();
    await visitor.screenshot(page, "refusal-standalone");
    expect(await visitor.findBarriers(page)).toEqual([]);
    expect(await ask(await signToken(parts))).toBe(200);
    await showAccess(page);
    await visitor.screenshot(page, "refusal-standalone-resolved");
  });

  story("without an access prerequisite: the scope is named, and given", async ({ visitor }) => {
    const instance = await world.connect("Prerequisite");
    const pair = await createTestKey("RS256");
    await instance.put({
      ours: { authorizationConfig: { verificationKeys: [instance.pem, pair.verificationKey] } },
    });
    const ask = async (scopes: readonly string[]) => {
      const good = goodToken({ key: pair, now: Math.floor(Date.now() / 1_000) });
      const token = await signToken(withClaims(good, { scopes, aud: "agent-os" }));
      return (await fetch(`${instance.endpoint}/config`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    };
    expect(await ask(["agents:read"])).toBe(403);
    const page = await openRefusals(visitor, { world, instance });
    await page.getByRole("link", { name: /scope/ }).first().click();
    const panel = page.getByRole("dialog", { name: "Refusal" });
    await panel.getByText("SCOPE_PREREQUISITE_MISSING").first().waitFor();
    // Nobody who is known here made the token.
    await panel.getByText(/Whoever makes this token adds "config:read"/).waitFor();
    await visitor.screenshot(page, "refusal-prerequisite");
    expect(await ask(["agents:read", "config:read"])).toBe(200);
    await showAccess(page);
    await visitor.screenshot(page, "refusal-prerequisite-resolved");
  });
});

describe("a removed member's open console", () => {
  story("is told that the session has ended, and the page stays", async ({ visitor }) => {
    const instance = await world.connect("Removed");
    await instance.put({ ours: { authorization: true, env: { JWT_VERIFICATION_KEY: instance.pem } } });
    const person = await world.addMember("Nora");
    const page = await openRefusals(visitor, { world, instance, person });
    // Before: whichever request is the first to be refused afterwards, it says the same.
    await meetRefusal(page, "GET /authz/policy");
    await expectCause(page, "TOKEN_ROLE_INSUFFICIENT", "Certain");
    await world.remove(person);
    await tryAgainWithRole(page);
    await page.getByRole("dialog", { name: "You were signed out" }).waitFor();
    await visitor.screenshot(page, "refusal-removed-member");
  });
});

describe("both switches on", () => {
  story("before 2.3.13: Authorization goes off, and the key is used", async ({ visitor }) => {
    const instance = await world.connect("Before 2.3.13");
    await instance.setSwitches(BOTH);
    await instance.stateVersion("2.3.12");
    await instance.put({
      python: { mode: "jwt", version: "2.3.12", publicPem: instance.pem, securityKey: SECURITY_KEY },
    });
    const page = await openRefusals(visitor, { world, instance });
    await meetRefusal(page, "GET /config");
    await expectCause(page, "INSTANCE_VERSION_WITHOUT_JWT", "Likely");
    await visitor.screenshot(page, "refusal-version");
    await page.getByRole("button", { name: "Switch Authorization off" }).click();
    await dialogOf(page)
      .getByLabel(/^Security key of /)
      .fill(SECURITY_KEY);
    await dialogOf(page).getByRole("button", { name: "Use this key" }).click();
    await turnsGreen(page);
    await visitor.screenshot(page, "refusal-version-resolved");
  });

  story("from 2.3.13 on, the key alone: one of two ways out", async ({ visitor }) => {
    const instance = await world.connect("Key alone");
    await instance.setSwitches(BOTH);
    await instance.stateVersion("2.3.13");
    await instance.put({ python: { mode: "security_key", version: "2.3.13", securityKey: SECURITY_KEY } });
    const page = await openRefusals(visitor, { world, instance });
    await meetRefusal(page, "GET /config");
    await expectCause(page, "INSTANCE_BOTH_SWITCHES_ON", "Likely");
    await visitor.screenshot(page, "refusal-both-switches");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Switch Authorization off" }).click();
    await dialogOf(page)
      .getByLabel(/^Security key of /)
      .fill(SECURITY_KEY);
    await dialogOf(page).getByRole("button", { name: "Use this key" }).click();
    await turnsGreen(page);
    await visitor.screenshot(page, "refusal-both-switches-resolved");
  });

  story("from 2.3.13 on, Authorization alone: the preferred way out", async ({ visitor }) => {
    const instance = await world.connect("Tokens alone");
    await instance.setSwitches(BOTH);
    await instance.put({ python: { mode: "security_key", version: "2.9.0", securityKey: SECURITY_KEY } });
    const page = await openRefusals(visitor, { world, instance });
    await meetRefusal(page, "GET /config");
    await expectCause(page, "INSTANCE_BOTH_SWITCHES_ON", "Likely");
    await lookAround(page, visitor, "refusal-dialog");
    await page.getByRole("button", { name: "Switch Security key off" }).click();
    await page.getByText("Tried again, and refused again").last().waitFor();
    await visitor.screenshot(page, "refusal-both-switches-tokens");
    // What is left is done on the instance.
    await instance.put({ python: { mode: "jwt", publicPem: instance.pem } });
    await tryAgain(page);
    await turnsGreen(page);
    await visitor.screenshot(page, "refusal-both-switches-tokens-resolved");
  });
});
