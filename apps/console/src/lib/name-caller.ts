/** Who was refused, by their name: of a refusal of somebody else a reader is told who "the caller" is, and what gives it. */
import type { Explanation } from "./explain-refusal.ts";

export interface RefusedPerson {
  /** Of a member; undefined where the token is of nobody who is known here. */
  readonly name: string | undefined;
  /** As the token has it; null where none was verified. */
  readonly subject: string | null;
  /** Roles that give what is missing, such as `an Owner`; undefined where none does, or they are not known. */
  readonly whoGives?: string | undefined;
}

const MISSING = /^(?:Give|Ask).*?\bscopes? ("[^"]+"(?:, "[^"]+")*)/;

/** Scopes that a fix says somebody is to be given. */
export function readScopesToGive({ fix }: Pick<Explanation, "fix">): readonly string[] {
  const quoted = fix === undefined ? undefined : MISSING.exec(fix)?.[1];
  return quoted?.split(", ").map((each) => each.slice(1, -1)) ?? [];
}

/**
 * The same, with the name in its sentences. A member here gets roles and no single scopes; of a token that is made elsewhere,
 * whoever makes it has to add the scope.
 */
export function nameCaller(explanation: Explanation, person: RefusedPerson | undefined): Explanation {
  if (person === undefined) return explanation;
  const { name, subject, whoGives } = person;
  const who = name ?? (subject === null ? "a token without a verified subject" : `a token of “${subject}”`);
  const cause = explanation.cause.replaceAll(/\bthe caller\b/gi, who);
  const scopes = readScopesToGive(explanation)
    .map((each) => `"${each}"`)
    .join(", ");
  return {
    ...explanation,
    cause: cause.charAt(0).toUpperCase() + cause.slice(1),
    fix:
      scopes === ""
        ? explanation.fix?.replaceAll(/\bthe caller\b/gi, name ?? "the holder of this token")
        : name === undefined
          ? `Whoever makes this token adds ${scopes} to its scopes.`
          : whoGives === undefined
            ? `Give ${name} a role that has ${scopes}.`
            : `Make ${name} ${whoGives}: that role has ${scopes}.`,
  };
}
