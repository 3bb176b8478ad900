/**
 * What one click mends of how an instance is set up, by the code of the finding: the switches here, or the id here, are made
 * to say what is there. `e2e/console/one-click.e2e.ts` presses each.
 */
import type { Instance } from "./instance-state.ts";
import { type ButtonAction, switchOn } from "./refusal-fixes.ts";

type Plan = (instance: Instance) => ButtonAction | undefined;

const FINDINGS = {
  INSTANCE_OPEN: (instance) => switchOn({ instance }),
  INSTANCE_AUTHORIZATION_UNWANTED: (instance) => switchOn({ instance }),
  INSTANCE_SECURITY_KEY_MISSING: ({ desired: { authorization } }) => ({
    kind: "set-switches",
    label: "Switch Security key off",
    switches: { authorization, security_key: false },
  }),
  INSTANCE_SECURITY_KEY_UNWANTED: ({ desired: { authorization } }) =>
    // Beside tokens it is not accepted: the key has to go there.
    authorization
      ? undefined
      : {
          kind: "set-switches",
          label: "Switch Security key on",
          switches: { authorization, security_key: true },
        },
  INSTANCE_SWITCH_NOT_APPLIED: ({ desired }) => ({
    kind: "set-switches",
    label: "Set the switches again",
    switches: desired,
  }),
  INSTANCE_OS_ID_DIFFERS: ({ observed }) => {
    const osId = observed?.os_id ?? null;
    return osId === null ? undefined : { kind: "take-os-id", label: `Use the id ${osId}`, osId };
  },
} as const satisfies Readonly<Record<string, Plan>>;

/** Each has a story in which its button is pressed. */
export type FindingCode = keyof typeof FINDINGS;

/** Undefined for what is mended on the instance. */
export function planFindingFix(code: string, instance: Instance): ButtonAction | undefined {
  return isFindingCode(code) ? FINDINGS[code](instance) : undefined;
}

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(FINDINGS, code);
