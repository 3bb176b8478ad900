/**
 * What a user may not be called. It is asked of every identity, whichever authenticator found it: a credential may name
 * a user, but not somebody whom only the server itself names.
 */
import type { Refusal } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { Identity } from "./identity.ts";

/** Case, surrounding space and what shows nothing (U+200B) are ignored, so that a look-alike is refused too. */
const RESERVED_PRINCIPAL = /^[\s\p{Cf}]*(?:sa:|__oauth__:|__scheduler__[\s\p{Cf}]*$)/iu;

/** Identities that only the server itself may give (contract 1.7): no token and no client field may claim them. */
export function isReservedPrincipal(userId: string): boolean {
  return !beginsOrdinarily(userId) && RESERVED_PRINCIPAL.test(userId);
}

/** With a visible character of ASCII but "s", "S" and "_": every request asks, and most need no pattern. */
function beginsOrdinarily(userId: string): boolean {
  const first = userId.charCodeAt(0);
  return first > 0x20 && first < 0x7f && first !== 0x73 && first !== 0x53 && first !== 0x5f;
}

/** Why a user may not have this name; undefined when they may. */
export type SubjectRules = (identity: Pick<Identity, "kind" | "userId" | "subject">) => Refusal | undefined;

/** Makes the rules of one policy. */
export function createSubjectRules({
  mode,
  claimNames,
  tokens,
}: Pick<AuthPolicy, "mode" | "claimNames" | "tokens">): SubjectRules {
  const prefixes = tokens.flatMap(({ subjectPrefix }) => subjectPrefix ?? []);
  const facts = { user_id_claim: claimNames.userId };
  // Without verification nobody knows who was refused.
  const subjectOf = (subject: string) => (mode === "jwt-unverified" ? {} : { subject });
  return ({ kind, userId, subject }) => {
    // An authenticator that tells no claim apart from the id gives the id alone.
    const name = subject ?? userId;
    if (kind !== "user" || name === undefined) return undefined;
    if (isReservedPrincipal(name)) return { code: "AUTH_SUBJECT_RESERVED", facts, ...subjectOf(name) };
    // Behind a prefix of its own an id may begin as it likes.
    const isForeign = userId === name && prefixes.some((prefix) => name.startsWith(prefix));
    return isForeign ? { code: "AUTH_SUBJECT_FOREIGN", facts, ...subjectOf(name) } : undefined;
  };
}
