/**
 * How much one person may change within a time. An entry of the audit log stays for a year and longer: without a bound one Member fills the
 * disk with entries, and those that matter drown. In the memory of each process, since it only has to be roughly right.
 */
import type { Actor } from "./actor.ts";

/** What nobody needs at once who works by hand, and a script that sets up an organization does. */
export const CHANGES_AT_ONCE = 200;
/** From then on. */
const CHANGES_PER_MINUTE = 30;
const MAX_PEOPLE = 10_000;

interface Budget {
  left: number;
  at: number;
}

export interface ChangeBudget {
  /** False where the actor has changed too much of late. Whoever acts on the machine itself may always. */
  take(actor: Actor, now: number): boolean;
}

/** Creates it. */
export function createChangeBudget(): ChangeBudget {
  const budgets = new Map<string, Budget>();
  return {
    take(actor, now) {
      const key = keyOf(actor);
      if (key === undefined) return true;
      const { left, at } = budgets.get(key) ?? { left: CHANGES_AT_ONCE, at: now };
      const earned = (Math.max(0, now - at) / 60) * CHANGES_PER_MINUTE;
      const has = Math.min(CHANGES_AT_ONCE, left + earned);
      if (has < 1) return false;
      // Those that have changed nothing for longest come first, and go first.
      budgets.delete(key);
      budgets.set(key, { left: has - 1, at: now });
      const [oldest] = budgets.keys();
      if (budgets.size > MAX_PEOPLE && oldest !== undefined) budgets.delete(oldest);
      return true;
    },
  };
}

/**
 * What is about an organization counts for the person; what is about oneself for the session: whoever has stolen one must
 * not keep its owner from ending it.
 */
function keyOf({ kind, personId, sessionId, standing }: Actor): string | undefined {
  if (kind !== "person") return undefined;
  if (standing !== undefined) return `person ${personId}`;
  return sessionId === undefined ? undefined : `session ${sessionId}`;
}
