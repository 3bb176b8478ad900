/** What a click on one of the ways out does here. */
import type { Finding } from "./explain-refusal.ts";
import type { Instance, Switches } from "./instance-state.ts";
import { type ButtonAction, setSwitches } from "./refusal-fixes.ts";
import { joinWords } from "./words.ts";

export type WayOut = Finding["choices"][number];

/** Others are done on the instance alone. */
const SWITCHES: Readonly<Partial<Record<WayOut["id"], Switches>>> = {
  "authorization-only": { authorization: true, security_key: false },
  "security-key-only": { authorization: false, security_key: true },
};

/** `set` where the switches say so already; undefined where it is not about them. */
export function planWayOut({ id }: WayOut, { desired }: Instance): ButtonAction | "set" | undefined {
  const switches = SWITCHES[id];
  if (switches === undefined) return undefined;
  const changes = [
    ...(desired.authorization === switches.authorization
      ? []
      : [`Authorization ${switches.authorization ? "on" : "off"}`]),
    ...(desired.security_key === switches.security_key
      ? []
      : [`Security key ${switches.security_key ? "on" : "off"}`]),
  ];
  // `Switch Authorization off`, `Switch Authorization on and Security key off`.
  return changes.length === 0 ? "set" : setSwitches(`Switch ${joinWords(changes, "and")}`, switches);
}

/** What somebody should know before a click takes a guard off; undefined where it takes none. */
export function warnOfGuard(
  action: ButtonAction,
  { desired }: Pick<Instance, "desired">,
  evidence: Finding["evidence"],
): string | undefined {
  if (action.kind !== "set-switches") return undefined;
  const after = { ...desired, ...action.switches };
  if (desired.security_key && !after.security_key && !after.authorization)
    return "Only the instance says that it has no security key. Do this if you know that it is meant to be open.";
  if (!desired.authorization || after.authorization) return undefined;
  return isWordOfInstance(evidence)
    ? "Only the instance says that it wants no token. Do this if you know that it has a security key."
    : "Nothing will ask for a token then.";
}

/** A version that a person entered, and the switches, are no word of the instance. */
function isWordOfInstance(evidence: Finding["evidence"]): boolean {
  const sources = evidence.map(({ source }) => source);
  return sources.includes("the answer") && !sources.includes("what somebody entered here");
}
