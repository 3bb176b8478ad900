/** Revocations in words. */
import type { RevocationState } from "./audit-search.ts";

const STATES = {
  applied: { tone: "ok", word: "In force" },
  pending: { tone: "warn", word: "Pending" },
  over: { tone: "neutral", word: "Over" },
} as const;

export function describeState(state: RevocationState): (typeof STATES)[RevocationState] {
  return STATES[state];
}

export interface Reason {
  readonly kind: "sid" | "subject" | "key";
  readonly reason: string;
  /** Undefined for who is no member any more. */
  readonly name: string | undefined;
}

const BECAUSE: Readonly<Record<string, string>> = {
  "session-ended": "whose session ended",
  "password-changed": "whose password changed",
  "role-changed": "whose role changed",
  "member-removed": "who was removed",
};

export function describeReason({ kind, reason, name }: Reason): string {
  if (kind === "key") return "All tokens of a retired key";
  const because = BECAUSE[reason];
  if (name === undefined) return `Tokens of a person${because === undefined ? "" : ` ${because}`}`;
  return `Tokens of ${name}${because === undefined ? "" : `, ${because}`}`;
}
