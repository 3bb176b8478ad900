/** What options are called where they were written: a fault names what the person sees there. */

import type { Fault } from "@agentos/contract";

/** Code has `authorizationConfig`, a JSON file has the same options under `authorization`. */
export type WrittenIn = "code" | "json";

/** `authorizationConfig.issuer`, in a JSON file `authorization.issuer`; without a path the name of the whole part. */
export function nameOption(path: string, writtenIn: WrittenIn): string {
  const whole = writtenIn === "json" ? "authorization" : "authorizationConfig";
  return path === "" ? whole : `${whole}.${path}`;
}

/** The switch that enforces scopes. */
export function nameSwitch(writtenIn: WrittenIn): string {
  return writtenIn === "json" ? "authorization.enabled" : "authorization";
}

/** The place of a fault of a key: the engine calls the option by its own name, and a variable by its name. */
export function placeKeyFault(fault: Fault, writtenIn: WrittenIn): Fault {
  const { at } = fault;
  if (writtenIn === "code" || at === undefined || /^[A-Z]/.test(at)) return fault;
  return { ...fault, at: nameOption(at.replace(/^authorizationConfig\./, ""), writtenIn) };
}

/** Names in a sentence: `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export function joinNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop();
  return quoted.length === 0 ? (last ?? "") : `${quoted.join(", ")} and ${last ?? ""}`;
}
