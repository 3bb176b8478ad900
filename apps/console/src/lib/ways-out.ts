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

/** What an instance says is enough for no guard to go without a word about it. */
export function takesGuardOff(action: ButtonAction, { desired }: Instance): boolean {
  return action.kind === "set-switches" && desired.authorization && !action.switches.authorization;
}
