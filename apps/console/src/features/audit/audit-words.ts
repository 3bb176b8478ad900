/** What was done, in words: `Ada changed the role of Mia`. An action that is not known is shown by its own name. */

import { titleOfRole } from "../../lib/people.ts";

/** The verb, then the target, then what follows it. */
type Words = readonly [verb: string, after?: string];

const ACTIONS: Readonly<Record<string, Words>> = {
  "organization.created": ["set up the organization"],
  "organization.renamed": ["renamed the organization to"],
  "member.added": ["added"],
  "member.role-changed": ["changed the role of"],
  "member.removed": ["removed", "from the organization"],
  "person.created": ["created the account of"],
  "person.renamed": ["changed their name to"],
  "password.set": ["set a password"],
  "password.changed": ["changed their password"],
  "link.created": ["made a one-time link for"],
  "session.begun": ["signed in"],
  "session.ended": ["ended a session"],
  "session.signed-out": ["signed out"],
  "session.others-ended": ["ended their other sessions"],
  "instance.drafted": ["began to connect"],
  "instance.draft-changed": ["changed the draft"],
  "instance.discarded": ["gave up the draft"],
  "instance.connected": ["connected"],
  "instance.changed": ["changed"],
  "instance.endpoint-changed": ["changed the endpoint of"],
  "instance.switches-changed": ["changed the switches of"],
  "instance.id-learnt": ["learnt the id of"],
  "instance.displaced": ["took the address away from"],
  "instance.deleted": ["deleted the instance"],
  "key.published": ["published a key for"],
  "key.signs": ["signs with another key for"],
  "key.retired": ["retired a key of"],
  "keys.resealed": ["sealed all keys anew"],
  "token.minted": ["took a token for"],
  "revocations.retried": ["sent pending revocations again"],
  "audit.swept": ["deleted entries of this log that were past their time"],
};

/** All that are known, for the filter, by their name. */
export const KNOWN_ACTIONS: readonly string[] = Object.keys(ACTIONS).toSorted();

/** `Member role changed`: short, for a list to choose from. */
export function titleOfAction(action: string): string {
  const words = action.replaceAll(/[.-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** For whom the sentence already says it, the target is not named again. */
const WITHOUT_TARGET = /^(organization\.created|password\.|session\.|keys\.|revocations\.|audit\.)/;

export interface ActionWords {
  readonly verb: string;
  /** What it was done to; undefined where the verb says it all. */
  readonly target: string | undefined;
  readonly after: string | undefined;
  /** The name of the action is all that is known of it. */
  readonly isUnknown: boolean;
}

interface Told {
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string; readonly name: string | null };
}

export function describeAction({ action, target }: Told): ActionWords {
  const words = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  const name = target.name ?? `${target.kind} ${target.id}`;
  if (words === undefined) return { verb: action, target: name, after: undefined, isUnknown: true };
  const [verb, after] = words;
  return { verb, target: WITHOUT_TARGET.test(action) ? undefined : name, after, isUnknown: false };
}

interface RoleTold {
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** Which role it is about: of a member the log says at once what they became. */
export function describeRole({ action, before, after }: RoleTold): string | undefined {
  const from = before?.["role"];
  const to = after?.["role"];
  if (typeof to !== "string") return undefined;
  if (action === "member.added") return `as ${titleOfRole(to)}`;
  if (action !== "member.role-changed" || typeof from !== "string") return undefined;
  return `from ${titleOfRole(from)} to ${titleOfRole(to)}`;
}

interface ActorTold {
  readonly kind: "person" | "command-line" | "system";
  readonly name: string | null;
}

export function nameActor({ kind, name }: ActorTold): string {
  if (kind === "command-line") return "Command line";
  if (kind === "system") return "Control plane";
  return name ?? "Somebody";
}
