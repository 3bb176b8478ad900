import { CAUSES, ERRORS, REFUSALS } from "@agentos/contract";
import { expect, test } from "vitest";
import type { Instance } from "./instance-state.ts";
import {
  describeFix,
  type FixAction,
  type FixSituation,
  isButton,
  ONE_CLICK_CODES,
  POINTER_CODES,
  planFindingFix,
  planFixes,
} from "./refusal-fixes.ts";
import { planWayOut, type WayOut, warnOfGuard } from "./ways-out.ts";

const instance = {
  desired: { authorization: true, security_key: false },
  observed: { os_id: "shop" },
} as unknown as Instance;
const keyOnly = { ...instance, desired: { authorization: false, security_key: true } };

function plan(code: string, more: Partial<FixSituation> = {}): readonly FixAction[] {
  const explanation = {
    code,
    missingScopes: ["os:write"],
    requiredScopes: [],
    route: "GET /x",
    cause: "No.",
  };
  return planFixes({ explanation, instance, consoleOrigin: "http://localhost:7778", ...more });
}

/** All that a code can be met in. */
const SITUATIONS: readonly Partial<FixSituation>[] = [instance, keyOnly, undefined].flatMap((of) =>
  [false, true].map((isBlockedByPage) => ({ instance: of, isBlockedByPage, whoGives: "an Owner" })),
);
const ALL = Object.keys({ ...REFUSALS, ...CAUSES });

test("every code that has a plan is one of the catalogue, and has one plan", () => {
  const codes = [...ONE_CLICK_CODES, ...POINTER_CODES];
  for (const code of codes) expect(ERRORS).toHaveProperty(code);
  expect(new Set(codes).size).toBe(codes.length);
});

test("a button is offered for the causes that a click mends, and for no other", () => {
  const hasChoices = [
    "INSTANCE_BOTH_SWITCHES_ON",
    "INSTANCE_VERSION_WITHOUT_JWT",
    "INSTANCE_AUTHORIZATION_MISSING",
  ];
  const offered = ALL.filter((code) => SITUATIONS.some((each) => plan(code, each).some(isButton)));
  expect([...offered, ...hasChoices].toSorted()).toEqual(ONE_CLICK_CODES.toSorted());
});

test("where something is left to do, it is said: each cause and each refusal of an instance has a way on", () => {
  for (const code of ALL) {
    const hasChoices = code === "INSTANCE_BOTH_SWITCHES_ON" || code === "INSTANCE_VERSION_WITHOUT_JWT";
    expect([code, plan(code, { whoGives: "an Owner" }).length > 0 || hasChoices]).toEqual([code, true]);
  }
});

test("a token or a key is sent as the switches say", () => {
  expect(plan("AUTH_SECURITY_KEY_MISSING", { instance: keyOnly })[0]?.kind).toBe("enter-security-key");
  expect(plan("AUTH_SECURITY_KEY_MISSING")[0]?.kind).toBe("open-instance");
  expect(plan("AUTH_HEADER_MISSING", { instance: keyOnly })[0]).toMatchObject({
    kind: "set-switches",
    switches: { authorization: true },
  });
  // A token was sent, and lost on its way: another one is lost as well.
  expect(plan("AUTH_HEADER_MISSING").some(isButton)).toBe(false);
});

test("a click on one switch says nothing of the other, which somebody else may have set meanwhile", () => {
  const named = (code: string, of: Partial<FixSituation> = {}) =>
    plan(code, of).flatMap((action) => (action.kind === "set-switches" ? [action.switches] : []));
  expect(named("INSTANCE_AUTHORIZATION_UNWANTED", { instance: keyOnly })).toEqual([{ authorization: true }]);
  expect(named("INSTANCE_SWITCH_NOT_APPLIED")).toEqual([{}]);
});

test("above a form for the key the fix says so, and nowhere else", () => {
  const refused = { code: "AUTH_SECURITY_KEY_MISSING", fix: "Send it in a header." };
  expect(describeFix(refused, plan(refused.code, { instance: keyOnly }))).toMatch(
    /^Type its security key below/,
  );
  expect(describeFix(refused, plan(refused.code))).toBe(refused.fix);
  const wrong = { code: "AUTH_SECURITY_KEY_INVALID", fix: "Send the right one." };
  expect(describeFix(wrong, plan(wrong.code, { instance: keyOnly }))).toBe(wrong.fix);
});

test("the page is loaded again where the page itself is the cause", () => {
  expect(plan("INSTANCE_NOT_REACHED", { isBlockedByPage: true })[0]?.kind).toBe("reload");
  expect(plan("INSTANCE_NOT_REACHED").some(isButton)).toBe(false);
});

test("for somebody else nothing is done that only they can do", () => {
  const offered = ALL.flatMap((code) =>
    SITUATIONS.flatMap((each) => plan(code, { ...each, isOfOthers: true }))
      .filter((action) => isButton(action) || action.kind === "ask")
      .map(({ kind }) => `${code} ${kind}`),
  );
  expect([...new Set(offered)].toSorted()).toEqual([
    "INSTANCE_AUTHORIZATION_UNWANTED set-switches",
    "INSTANCE_OS_ID_DIFFERS take-os-id",
    "INSTANCE_SWITCH_NOT_APPLIED set-switches",
  ]);
});

test("of a member who lacks a scope the way leads to their role, for whoever looks", () => {
  const mia = { instance, isOfOthers: true, member: { id: "p1", name: "Mia" }, whoGives: "an Owner" };
  expect(plan("SCOPE_MISSING", mia)).toEqual([
    { kind: "open-member", label: "The role of Mia", personId: "p1" },
  ]);
  // Its twin: a token of nobody who is known here.
  expect(plan("SCOPE_MISSING", { ...mia, member: undefined })).toEqual([]);
});

test("the ways out set both switches and say so, and what is no such way sets none", () => {
  const both = { ...instance, desired: { authorization: true, security_key: true } };
  const choose = (id: WayOut["id"], of = both) =>
    planWayOut({ id, title: "Any words", steps: [], is_preferred: true }, of);
  expect(choose("authorization-only")).toEqual({
    kind: "set-switches",
    label: "Switch Security key off",
    switches: { authorization: true, security_key: false },
  });
  expect(choose("security-key-only", instance)).toEqual({
    kind: "set-switches",
    label: "Switch Authorization off and Security key on",
    switches: { authorization: false, security_key: true },
  });
  expect(choose("upgrade")).toBeUndefined();
  expect(choose("authorization-only", instance)).toBe("set");
  expect(choose("security-key-only", keyOnly)).toBe("set");
});

test("of a click that takes a guard off it is said what follows, and where only the instance speaks for it", () => {
  const said = { fact: "the instance asks for its security key", source: "the answer" };
  const entered = { fact: "its version is 2.3.12", source: "what somebody entered here" };
  const meant = { fact: "both switches are on", source: "the switches" };
  const warn = (switches: Partial<Instance["desired"]>, of: Instance, ...evidence: (typeof said)[]) =>
    warnOfGuard({ kind: "set-switches", label: "", switches }, of, evidence) ?? "";
  const toKey = { authorization: false, security_key: true };
  expect(warn(toKey, instance, said)).toMatch(/^Only the instance says that it wants no token/);
  expect(warn(toKey, instance, meant)).toBe("Nothing will ask for a token then.");
  expect(warn(toKey, instance, entered, said)).toBe("Nothing will ask for a token then.");
  expect(warn({ security_key: false }, keyOnly, said)).toMatch(/^Only the instance says that it has no/);
  // What is not named stays: with Authorization on, something guards it.
  const both = { ...instance, desired: { authorization: true, security_key: true } };
  for (const switches of [{}, { security_key: false }, { authorization: true }])
    expect(warn(switches, both, said)).toBe("");
  for (const switches of [{}, { authorization: true }]) expect(warn(switches, keyOnly, said)).toBe("");
});

test("on the page of the instance a click never makes one switch right by making the other wrong", () => {
  const fix = (code: string, desired: Instance["desired"], osId: string | null = "shop") =>
    planFindingFix(code, { desired, observed: { os_id: osId } } as unknown as Instance);
  const none = { authorization: false, security_key: false };
  const tokens = { authorization: true, security_key: false };
  const both = { authorization: true, security_key: true };
  // The other switch is not named: somebody may have set it since.
  expect(fix("INSTANCE_OPEN", none)).toHaveProperty("switches", { authorization: true });
  expect(fix("INSTANCE_SECURITY_KEY_MISSING", both)).toHaveProperty("switches", { security_key: false });
  expect(fix("INSTANCE_SECURITY_KEY_UNWANTED", none)).toHaveProperty("switches", { security_key: true });
  // Both on is a situation to get out of.
  expect(fix("INSTANCE_SECURITY_KEY_UNWANTED", tokens)).toBeUndefined();
  expect(fix("INSTANCE_OS_ID_DIFFERS", tokens)).toMatchObject({ osId: "shop" });
  expect(fix("INSTANCE_OS_ID_DIFFERS", tokens, null)).toBeUndefined();
  expect(fix("INSTANCE_KEY_MANGLED", tokens)).toBeUndefined();
});

test("who lacks a scope has words for whoever can give it, who is named; nobody is asked for what one has", () => {
  expect(plan("TOKEN_ROLE_INSUFFICIENT", { whoGives: "an Owner" })).toEqual([
    {
      kind: "ask",
      label: "A message for an Owner",
      text: "I tried to ask for GET /x, and was refused: No. It needs os:write. Could you give me a role that has it, or do it for me?",
    },
  ]);
  expect(plan("TOKEN_ROLE_INSUFFICIENT")).toEqual([]);
});

test("a key is asked for only where the switches are set so: that the instance wants one is its word", () => {
  const neither = { ...instance, desired: { authorization: false, security_key: false } };
  for (const code of ONE_CLICK_CODES)
    expect(plan(code, { instance: neither }).map(({ kind }) => kind)).not.toContain("enter-security-key");
});
