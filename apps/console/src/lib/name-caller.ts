/** Who was refused, by their name: of a refusal of somebody else a reader is told who "the caller" is. */
import type { Explanation } from "./explain-refusal.ts";

export interface RefusedPerson {
  /** Of a member; undefined where the token is of nobody who is known here. */
  readonly name: string | undefined;
  /** As the token has it; null where none was verified. */
  readonly subject: string | null;
}

const MISSING = /^(?:Give|Ask).*?\bscopes? ("[^"]+"(?:, "[^"]+")*)/;

/** The same, with the name in its sentences. Of a token that is made elsewhere, whoever makes it has to add the scope. */
export function nameCaller(explanation: Explanation, person: RefusedPerson | undefined): Explanation {
  if (person === undefined) return explanation;
  const { name, subject } = person;
  const who = name ?? (subject === null ? "a token without a verified subject" : `a token of “${subject}”`);
  const cause = explanation.cause.replaceAll(/\bthe caller\b/gi, who);
  const scopes = explanation.fix === undefined ? undefined : MISSING.exec(explanation.fix)?.[1];
  return {
    ...explanation,
    cause: cause.charAt(0).toUpperCase() + cause.slice(1),
    fix:
      name === undefined && scopes !== undefined
        ? `Whoever makes this token adds ${scopes} to its scopes.`
        : explanation.fix?.replaceAll(/\bthe caller\b/gi, name ?? "the holder of this token"),
  };
}
