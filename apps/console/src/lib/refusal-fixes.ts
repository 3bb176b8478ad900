/**
 * What a person can do about a refusal, or about how an instance is set up, by the code of the cause. `SETTINGS` and `BUTTONS`
 * are mended by a click here: `e2e/console/one-click.e2e.ts` presses each. For all others there is a line to copy, words for
 * whoever can do it, or the page where it is done, and no button that would fail. `apply-fix.ts` does what is described here.
 */
import type { Explanation } from "./explain-refusal.ts";
import { showHidden } from "./hidden-text.ts";
import type { Instance, Switches } from "./instance-state.ts";
import { writeOriginLine } from "./origin-line.ts";
import { clip } from "./words.ts";

/** Tried again at once after it. Switches that are not named stay as they are. */
export type ButtonAction =
  | { readonly kind: "set-switches"; readonly label: string; readonly switches: Partial<Switches> }
  | { readonly kind: "take-os-id"; readonly label: string; readonly osId: string }
  | { readonly kind: "renew-token"; readonly label: string }
  | { readonly kind: "sign-in"; readonly label: string }
  | { readonly kind: "reload"; readonly label: string }
  /** Something has to be typed. */
  | { readonly kind: "enter-security-key"; readonly label: string };

export type PointerAction =
  | { readonly kind: "show-configuration"; readonly label: string }
  | { readonly kind: "open-instance"; readonly label: string; readonly tab: InstancePlace }
  | { readonly kind: "open-member"; readonly label: string; readonly personId: string }
  | { readonly kind: "ask"; readonly label: string; readonly text: string }
  | { readonly kind: "copy"; readonly label: string; readonly text: string };

export type FixAction = ButtonAction | PointerAction;

/** The part of the instance's page where it is mended. */
type InstancePlace = "switches" | "keys" | "policy" | "settings";

/** Scopes of this control plane that an action needs. */
export const SCOPES_OF_FIX: Readonly<Partial<Record<FixAction["kind"], readonly string[]>>> = {
  "set-switches": ["os:write"],
  "take-os-id": ["os:write"],
};

const POINTERS_BY_KIND: readonly FixAction["kind"][] = [
  "show-configuration",
  "open-instance",
  "open-member",
  "ask",
  "copy",
];

export function isButton(action: FixAction): action is ButtonAction {
  return !POINTERS_BY_KIND.includes(action.kind);
}

export interface FixSituation {
  readonly explanation: Pick<Explanation, "code" | "missingScopes" | "requiredScopes" | "route" | "cause"> & {
    /** Nothing is known but the words of the instance: no button follows from a code of theirs. */
    readonly isQuoted?: boolean;
  };
  /** Undefined where the control plane itself has refused. */
  readonly instance: Instance | undefined;
  readonly consoleOrigin: string;
  /** Somebody else was refused: what only they can do is no button here. */
  readonly isOfOthers?: boolean;
  /** Who that is, where it is a member. */
  readonly member?: { readonly id: string; readonly name: string } | undefined;
  /** This document was loaded before the instance had its address, and may not ask it. */
  readonly isBlockedByPage?: boolean;
  /** Roles that give what is missing, such as `an Owner`; undefined where one's own does, or it is not known. */
  readonly whoGives?: string | undefined;
}

type Plan<Action extends FixAction> = (situation: FixSituation) => readonly Action[];

const configuration: PointerAction = { kind: "show-configuration", label: "Show the lines for the instance" };
const signIn: FixAction = { kind: "sign-in", label: "Sign in again" };
const reload: FixAction = { kind: "reload", label: "Load the page again" };

function open(tab: InstancePlace): PointerAction {
  return { kind: "open-instance", label: `Open the ${tab}`, tab };
}

export function setSwitches(label: string, switches: Partial<Switches>): ButtonAction {
  return { kind: "set-switches", label, switches };
}

const SWITCH_ON: ButtonAction = setSwitches("Switch Authorization on", { authorization: true });

/** How an instance is set up: the switches here, or the id here, are made to say what is there. */
const SETTINGS = {
  INSTANCE_OPEN: () => SWITCH_ON,
  INSTANCE_AUTHORIZATION_UNWANTED: () => SWITCH_ON,
  INSTANCE_SECURITY_KEY_MISSING: () => setSwitches("Switch Security key off", { security_key: false }),
  INSTANCE_SECURITY_KEY_UNWANTED: ({ desired }) =>
    // Beside tokens it is not accepted: the key has to go there.
    desired.authorization ? undefined : setSwitches("Switch Security key on", { security_key: true }),
  // The control plane hands over what it holds: no page has to know it.
  INSTANCE_SWITCH_NOT_APPLIED: () => setSwitches("Set the switches again", {}),
  INSTANCE_OS_ID_DIFFERS: ({ observed }) => {
    const osId = observed?.os_id ?? null;
    return osId === null
      ? undefined
      : { kind: "take-os-id", label: `Use the id “${clip(showHidden(osId), 40)}”`, osId };
  },
} as const satisfies Readonly<Record<string, (instance: Instance) => ButtonAction | undefined>>;

/** Each has a story in which its button is pressed on the page of the instance. */
export type FindingCode = keyof typeof SETTINGS;

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(SETTINGS, code);

/** On the page of the instance; undefined for what is mended on the instance itself. */
export function planFindingFix(code: string, instance: Instance): ButtonAction | undefined {
  return isFindingCode(code) ? SETTINGS[code](instance) : undefined;
}

/** Where something was refused for it. */
const setting =
  (code: FindingCode, ...further: readonly PointerAction[]): Plan<FixAction> =>
  ({ instance }) => {
    const fix = instance === undefined ? undefined : planFindingFix(code, instance);
    return fix === undefined ? further : [fix, ...further];
  };

const renewing: Plan<FixAction> = () => [{ kind: "renew-token", label: "Get a new token" }];
const signingIn: Plan<FixAction> = () => [signIn];
const configuring: Plan<PointerAction> = () => [configuration, open("keys")];
const opening =
  (tab: InstancePlace): Plan<PointerAction> =>
  () => [open(tab)];

/**
 * The instance asks for its security key. A key is sent only where the switches say so: that the instance asks is its word,
 * and whoever has connected it may want the key of another one.
 */
const typing: Plan<FixAction> = ({ instance }) =>
  instance?.desired.security_key === true && !instance.desired.authorization
    ? [{ kind: "enter-security-key", label: "Use this key" }]
    : [open("switches")];

/** It asks for a token: none are made for it while Authorization is off here. What was sent with it on was lost on its way. */
const switching: Plan<FixAction> = ({ instance }) =>
  instance === undefined || instance.desired.authorization ? [open("switches")] : [SWITCH_ON, configuration];

const asking: Plan<PointerAction> = ({ explanation, whoGives, member }) =>
  member !== undefined
    ? [{ kind: "open-member", label: `The role of ${clip(member.name, 60)}`, personId: member.id }]
    : whoGives === undefined
      ? []
      : [{ kind: "ask", label: `A message for ${whoGives}`, text: writeRequest(explanation) }];

/** What a click here mends, so that the same request is let in. A row of it is a row of the stories, too. */
const BUTTONS = {
  // These two have ways out with buttons of their own (`ways-out.ts`).
  INSTANCE_BOTH_SWITCHES_ON: () => [],
  INSTANCE_VERSION_WITHOUT_JWT: () => [],
  // So has this one, where the instance is to keep its security key.
  INSTANCE_AUTHORIZATION_MISSING: configuring,
  INSTANCE_AUTHORIZATION_UNWANTED: setting("INSTANCE_AUTHORIZATION_UNWANTED", configuration),
  INSTANCE_SWITCH_NOT_APPLIED: setting("INSTANCE_SWITCH_NOT_APPLIED"),
  INSTANCE_OS_ID_DIFFERS: setting("INSTANCE_OS_ID_DIFFERS", open("settings")),
  INSTANCE_NOT_REACHED: ({ isBlockedByPage }) => (isBlockedByPage === true ? [reload] : [open("settings")]),
  TOKEN_KEY_RETIRED: renewing,
  TOKEN_AUDIENCE_STALE: renewing,
  TOKEN_SCOPE_LEFT_OUT: renewing,
  TOKEN_REVOKED_HERE: renewing,
  AUTH_TOKEN_EXPIRED: renewing,
  // Another token of the same sign-in would be refused as well.
  AUTH_CREDENTIAL_REVOKED: signingIn,
  AUTH_SIGN_IN_REQUIRED: signingIn,
  AUTH_SIGN_IN_ENDED: signingIn,
  AUTH_HEADER_MISSING: switching,
  AUTH_TOKEN_MISSING: switching,
  AUTH_SECURITY_KEY_MISSING: typing,
  AUTH_SECURITY_KEY_INVALID: typing,
  AUTH_SECURITY_KEY_QUOTED: typing,
  AUTH_SECURITY_KEY_UNSET: typing,
  AUTH_TOKEN_NOT_ACCEPTED: typing,
} as const satisfies Readonly<Record<string, Plan<FixAction>>>;

/** Each has a story in which its button is pressed. */
export type OneClickCode = keyof typeof BUTTONS;

/** What is mended elsewhere. */
const POINTERS: Readonly<Record<string, Plan<PointerAction>>> = {
  INSTANCE_ALGORITHM_OTHER: () => [
    { kind: "copy", label: "For AuthorizationConfig", text: 'algorithm="RS256"' },
    open("keys"),
  ],
  INSTANCE_KEY_MANGLED: configuring,
  INSTANCE_KEY_OTHER: configuring,
  INSTANCE_KEY_FOREIGN: configuring,
  INSTANCE_KEY_NOT_LOADED: configuring,
  INSTANCE_SCOPES_NOT_ENFORCED: configuring,
  INSTANCE_VERSION_UNKNOWN: opening("switches"),
  // Of a refusal it is the cause only where something else answers in the place of the instance.
  INSTANCE_SECURITY_KEY_MISSING: configuring,
  INSTANCE_CORS_REFUSED: ({ consoleOrigin, instance }) => [
    {
      kind: "copy",
      label: `For the shell of ${instance?.name ?? "the instance"}`,
      text: writeOriginLine(consoleOrigin),
    },
    open("settings"),
  ],
  INSTANCE_TIMED_OUT: opening("settings"),
  INSTANCE_MIXED_CONTENT: opening("settings"),
  INSTANCE_LOCAL_NETWORK_REFUSED: opening("settings"),
  AUTH_AUDIENCE_MISMATCH: opening("settings"),
  AUTH_AUDIENCE_MISSING: opening("settings"),
  TOKEN_ROLE_INSUFFICIENT: asking,
  SCOPE_MISSING: asking,
  SCOPE_OTHER_RESOURCE: asking,
  SCOPE_PREREQUISITE_MISSING: asking,
  SCOPE_ROLE_INSUFFICIENT: asking,
  SCOPE_OVER_CEILING: opening("policy"),
};

/** Those with a button, then the others: for the tests that hold them against the catalogue. */
export const ONE_CLICK_CODES = Object.keys(BUTTONS) as readonly OneClickCode[];
export const POINTER_CODES: readonly string[] = Object.keys(POINTERS);

const hasOneClick = (code: string): code is OneClickCode => Object.hasOwn(BUTTONS, code);

/** The first is the fix; the others are further ways. None for a cause that is mended elsewhere. */
export function planFixes(situation: FixSituation): readonly FixAction[] {
  const { isQuoted = false, code = "" } = situation.explanation;
  if (isQuoted) return planAll("", situation);
  const actions = planAll(code, situation);
  if (situation.isOfOthers !== true) return actions;
  // Their request has its own credential: only what guards the instance is mended here.
  return actions.filter((action) =>
    isButton(action) ? code.startsWith("INSTANCE_") && action.kind !== "reload" : action.kind !== "ask",
  );
}

function planAll(code: string, situation: FixSituation): readonly FixAction[] {
  if (hasOneClick(code)) return BUTTONS[code](situation);
  const plan = Object.hasOwn(POINTERS, code) ? POINTERS[code] : undefined;
  if (plan !== undefined) return plan(situation);
  return situation.instance === undefined ? [] : [open("policy")];
}

/** Where a form is below, the fix of the catalogue would speak of headers. */
const TYPED_BELOW: Readonly<Record<string, string>> = {
  AUTH_SECURITY_KEY_MISSING:
    "Type its security key below. It is the one that the instance was started with: `echo $OS_SECURITY_KEY` prints it there; the demo of `npm start` keeps it in `.agentos/security-key`.",
};

/** The fix in the words of the page that shows these actions. */
export function describeFix(
  { code = "", fix }: Pick<Explanation, "code" | "fix">,
  [first]: readonly FixAction[],
): string | undefined {
  const isTyped = first?.kind === "enter-security-key" && Object.hasOwn(TYPED_BELOW, code);
  return isTyped ? TYPED_BELOW[code] : fix;
}

function writeRequest({ missingScopes, requiredScopes, route, cause }: FixSituation["explanation"]): string {
  const scopes = missingScopes.length > 0 ? missingScopes : requiredScopes;
  const needed = scopes.length > 0 ? ` It needs ${scopes.join(", ")}.` : "";
  const asked = route === undefined ? "do something" : `ask for ${route}`;
  return `I tried to ${asked}, and was refused: ${cause}${needed} Could you give me a role that has it, or do it for me?`;
}
