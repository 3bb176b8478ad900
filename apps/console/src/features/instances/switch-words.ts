/** Desired and observed of each switch, in words. Pure. */
import type { Instance } from "../../lib/instance-state.ts";
import { canVerifyTokens } from "./connection-lights.ts";

export type SwitchName = "authorization" | "security_key";

export interface SwitchWords {
  readonly seen: string;
  readonly tone: "ok" | "warn" | "neutral";
  /** Whether the instance does what is meant; `unknown` where nobody can tell. */
  readonly agreement: "agrees" | "differs" | "unknown";
  readonly note: string;
}

/** What was seen of one switch, beside what is meant. */
export function describeSwitch({ desired, observed }: Instance, name: SwitchName): SwitchWords {
  const wanted = desired[name];
  const seen = observed === null || !observed.is_reachable ? "unknown" : observed[name];
  if (seen === "unknown")
    return {
      seen: "Unknown",
      tone: "neutral",
      agreement: "unknown",
      note: describeUnknown(observed, name),
    };
  const isOn = seen === "on";
  if (isOn === wanted)
    return { seen: isOn ? "On" : "Off", tone: isOn ? "ok" : "neutral", agreement: "agrees", note: "Matches" };
  return {
    seen: isOn ? "On" : "Off",
    tone: "warn",
    agreement: "differs",
    note: isOn
      ? "It is off here, and still on there: set the lines below and start the instance again, or switch it on"
      : "Not there yet: set the lines below, and start the instance again",
  };
}

function describeUnknown(observed: Instance["observed"], name: SwitchName): string {
  if (observed === null) return "Nobody has looked yet";
  if (!observed.is_reachable) return "This browser cannot reach it";
  return name === "security_key" && observed.authorization === "on"
    ? "Cannot be seen while Authorization is on, and would be ignored"
    : "Its answers do not tell";
}

/** Nothing is left to wait for. What nobody can see is not waited for. */
export function areSwitchesSettled(instance: Instance): boolean {
  return (
    instance.observed?.is_reachable === true &&
    (["authorization", "security_key"] as const).every(
      (name) => describeSwitch(instance, name).agreement !== "differs",
    )
  );
}

/** Why Authorization cannot be switched on; undefined where it can. */
export function explainVersionGate({ version, version_source: source, desired }: Instance, first: string) {
  if (desired.authorization || version === null || canVerifyTokens(version)) return undefined;
  return `Version ${version}, ${source === "reported" ? "as it reports" : "entered by hand"}, cannot verify tokens. Upgrade the AgentOS to ${first} or later, then switch this on.`;
}
