/**
 * What a person can do about a cause with one click here, by its code. Each is a description; `apply-fix.ts` does it. What
 * has to be done on the instance itself is a line to copy.
 */
import type { Explanation, Finding } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";

export interface Switches {
  readonly authorization: boolean;
  readonly security_key: boolean;
}

export type FixAction =
  | { readonly kind: "set-switches"; readonly label: string; readonly switches: Switches }
  | { readonly kind: "take-os-id"; readonly label: string; readonly osId: string }
  | { readonly kind: "state-version"; readonly label: string }
  | { readonly kind: "renew-token"; readonly label: string }
  | { readonly kind: "enter-security-key"; readonly label: string }
  | { readonly kind: "sign-in"; readonly label: string }
  | { readonly kind: "reload"; readonly label: string }
  | { readonly kind: "show-configuration"; readonly label: string }
  | { readonly kind: "open-instance"; readonly label: string }
  | { readonly kind: "ask"; readonly label: string; readonly text: string }
  | { readonly kind: "copy"; readonly label: string; readonly text: string };

/** Scopes of this control plane that an action needs. */
export const SCOPES_OF_FIX: Readonly<Partial<Record<FixAction["kind"], readonly string[]>>> = {
  "set-switches": ["os:write"],
  "take-os-id": ["os:write"],
  "state-version": ["os:write"],
};

/** Those that change something here, so that the same request may pass at once. */
const ONE_CLICK: readonly FixAction["kind"][] = [
  "set-switches",
  "take-os-id",
  "renew-token",
  "reload",
  "sign-in",
];

/** Beside the ways out, which have buttons of their own. */
export function hasButton(actions: readonly FixAction[]): boolean {
  const [first] = actions;
  return (
    first !== undefined &&
    (isOneClick(first) || first.kind === "enter-security-key" || first.kind === "state-version")
  );
}

export const isOneClick = ({ kind }: FixAction): boolean => ONE_CLICK.includes(kind);

export interface FixSituation {
  readonly explanation: Pick<Explanation, "code" | "missingScopes" | "requiredScopes" | "route" | "cause">;
  /** Undefined where the control plane itself has refused. */
  readonly instance: Instance | undefined;
  readonly consoleOrigin: string;
  /** Somebody else was refused: what only they can do is no button here. */
  readonly isOfOthers?: boolean;
}

const renew: FixAction = { kind: "renew-token", label: "Get a new token" };
const configuration: FixAction = { kind: "show-configuration", label: "Show the lines for the instance" };
const typeKey: FixAction = { kind: "enter-security-key", label: "Use this key" };
const signIn: FixAction = { kind: "sign-in", label: "Sign in again" };
const reload: FixAction = { kind: "reload", label: "Load the page again" };
const openInstance: FixAction = { kind: "open-instance", label: "Open the instance" };

function setSwitches(label: string, switches: Switches): FixAction {
  return { kind: "set-switches", label, switches };
}

type Plan = (situation: FixSituation) => readonly FixAction[];

const renewing: Plan = () => [renew];
const configuring: Plan = () => [configuration, openInstance];
/** The instance asks for its security key. */
const typing: Plan = ({ instance }) => (instance?.desired.authorization === true ? [renew] : [typeKey]);
/** It asks for a token: none are made for it while Authorization is off here. */
const sending: Plan = (situation) =>
  situation.instance?.desired.authorization === true ? [renew] : switchOn(situation);
const asking: Plan = ({ explanation }) => [
  { kind: "ask", label: "A message to send them", text: writeRequest(explanation) },
  renew,
];

/** By code; the choices of a finding stand beside these. */
const PLANS: Readonly<Record<string, Plan>> = {
  INSTANCE_BOTH_SWITCHES_ON: () => [],
  INSTANCE_VERSION_WITHOUT_JWT: () => [],
  INSTANCE_VERSION_UNKNOWN: () => [{ kind: "state-version", label: "Save the version" }],
  INSTANCE_AUTHORIZATION_MISSING: configuring,
  INSTANCE_AUTHORIZATION_UNWANTED: ({ instance }) => [
    setSwitches("Switch Authorization on", {
      authorization: true,
      security_key: instance?.desired.security_key ?? false,
    }),
    configuration,
  ],
  INSTANCE_SECURITY_KEY_MISSING: ({ instance }) => [
    setSwitches("Switch Security key off", {
      authorization: instance?.desired.authorization ?? true,
      security_key: false,
    }),
    configuration,
  ],
  INSTANCE_SECURITY_KEY_UNWANTED: ({ instance }) => [
    setSwitches("Switch Security key on", {
      authorization: instance?.desired.authorization ?? false,
      security_key: true,
    }),
    configuration,
  ],
  INSTANCE_SWITCH_NOT_APPLIED: ({ instance }) =>
    instance === undefined ? [] : [setSwitches("Set the switches again", instance.desired)],
  INSTANCE_OPEN: switchOn,
  INSTANCE_AUTHORIZATION_PREFERRED: switchOn,
  INSTANCE_ALGORITHM_OTHER: () => [
    { kind: "copy", label: "For AuthorizationConfig", text: 'algorithm="RS256"' },
    openInstance,
  ],
  INSTANCE_KEY_MANGLED: configuring,
  INSTANCE_KEY_OTHER: configuring,
  INSTANCE_KEY_FOREIGN: configuring,
  INSTANCE_KEY_NOT_LOADED: configuring,
  INSTANCE_SCOPES_NOT_ENFORCED: configuring,
  INSTANCE_OS_ID_DIFFERS: ({ instance }) => {
    const osId = instance?.observed?.os_id ?? null;
    return osId === null ? [openInstance] : [{ kind: "take-os-id", label: `Use the id ${osId}`, osId }];
  },
  INSTANCE_CORS_REFUSED: ({ consoleOrigin }) => [
    { kind: "copy", label: "On the instance", text: `CORS_ORIGIN_LIST=${consoleOrigin}` },
    openInstance,
  ],
  INSTANCE_NOT_REACHED: () => [reload, openInstance],
  INSTANCE_TIMED_OUT: () => [openInstance],
  INSTANCE_MIXED_CONTENT: () => [openInstance],
  INSTANCE_LOCAL_NETWORK_REFUSED: () => [reload, openInstance],
  TOKEN_KEY_RETIRED: renewing,
  TOKEN_AUDIENCE_STALE: renewing,
  TOKEN_SCOPE_LEFT_OUT: renewing,
  TOKEN_REVOKED_HERE: () => [renew, signIn],
  TOKEN_ROLE_INSUFFICIENT: asking,
  SCOPE_PREREQUISITE_MISSING: asking,
  AUTH_CREDENTIAL_REVOKED: () => [renew, signIn],
  AUTH_TOKEN_EXPIRED: renewing,
  AUTH_TOKEN_NOT_YET_VALID: renewing,
  AUTH_ISSUED_IN_FUTURE: renewing,
  AUTH_HEADER_MISSING: sending,
  AUTH_HEADER_EMPTY: sending,
  AUTH_TOKEN_MISSING: sending,
  AUTH_COOKIE_MISSING: sending,
  AUTH_CREDENTIAL_LOST: () => [openInstance],
  AUTH_SECURITY_KEY_NOT_ACCEPTED: sending,
  AUTH_SECURITY_KEY_WITH_JWT: sending,
  AUTH_SECURITY_KEY_MISSING: typing,
  AUTH_SECURITY_KEY_INVALID: typing,
  AUTH_SECURITY_KEY_QUOTED: typing,
  AUTH_SECURITY_KEY_UNSET: typing,
  AUTH_TOKEN_NOT_ACCEPTED: typing,
  AUTH_SIGN_IN_REQUIRED: () => [signIn],
  AUTH_SIGN_IN_ENDED: () => [signIn],
  AUTH_AUDIENCE_MISMATCH: renewing,
  AUTH_AUDIENCE_MISSING: renewing,
};

function switchOn({ instance }: FixSituation): readonly FixAction[] {
  return [
    setSwitches("Switch Authorization on", {
      authorization: true,
      security_key: instance?.desired.security_key ?? false,
    }),
    configuration,
  ];
}

/** The first is the fix; the others are further ways. None for a cause that is mended elsewhere. */
export function planFixes(situation: FixSituation): readonly FixAction[] {
  const actions = planAll(situation);
  return situation.isOfOthers === true ? actions.filter(({ kind }) => !OF_ONESELF.includes(kind)) : actions;
}

const OF_ONESELF: readonly FixAction["kind"][] = [
  "renew-token",
  "enter-security-key",
  "sign-in",
  "reload",
  "ask",
];

function planAll(situation: FixSituation): readonly FixAction[] {
  const { code = "" } = situation.explanation;
  const plan = Object.hasOwn(PLANS, code) ? PLANS[code] : undefined;
  if (plan !== undefined) return plan(situation);
  if (code.startsWith("SCOPE_")) return asking(situation);
  return situation.instance === undefined ? [] : [openInstance];
}

/** What a click on one of the ways out sets here; undefined where it is not about the switches. */
export function planChoice({ title }: Finding["choices"][number]): FixAction | undefined {
  if (/security key only/i.test(title))
    return setSwitches("Switch Authorization off", { authorization: false, security_key: true });
  if (/authorization.*only/i.test(title))
    return setSwitches("Switch Security key off", { authorization: true, security_key: false });
  return undefined;
}

function writeRequest({ missingScopes, requiredScopes, route, cause }: FixSituation["explanation"]): string {
  const scopes = missingScopes.length > 0 ? missingScopes : requiredScopes;
  const needed = scopes.length > 0 ? ` It needs ${scopes.join(", ")}.` : "";
  const asked = route === undefined ? "do something" : `ask for ${route}`;
  return `I tried to ${asked}, and was refused: ${cause}${needed} Could you give me a role that has it, or do it for me?`;
}

/** For the test that holds them against the catalogue. */
export const CODES_WITH_PLAN: readonly string[] = Object.keys(PLANS);
