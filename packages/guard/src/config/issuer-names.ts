/**
 * Which issuers name the same users. An owner of data begins with the name of its issuer, so two issuers with one name
 * could each speak for the users of the other: that takes a word of the operator.
 */
import { DEFAULT_ISSUER_NAME } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { IssuerOptions } from "./issuer-options.ts";
import { createOptionFault } from "./option-faults.ts";
import { nameOption, type WrittenIn } from "./option-names.ts";

/** What an issuer gives the identities of its tokens. */
export interface NamedIssuer {
  /** Where its name is given, as people call it. */
  readonly at: string;
  /** What it is called in a sentence. */
  readonly who: string;
  /** The operator wrote its name. */
  readonly isNamed: boolean;
  readonly name: string;
  readonly subjectPrefix: string | undefined;
}

export interface NamedIssuers {
  /** One for each of the listed issuers. */
  readonly listed: readonly NamedIssuer[];
  readonly faults: readonly Fault[];
}

/** Names the listed issuers; `own` is that of the keys outside "issuers", where there are any. */
export function nameIssuers(
  listed: readonly IssuerOptions[],
  own: Omit<NamedIssuer, "subjectPrefix"> | undefined,
  writtenIn: WrittenIn,
): NamedIssuers {
  const at = (index: number, option: keyof IssuerOptions) =>
    nameOption(`issuers[${index}].${option}`, writtenIn);
  const nameListed = ({ name, subjectPrefix }: IssuerOptions, index: number): NamedIssuer => ({
    at: at(index, "name"),
    who: `issuers[${index}]`,
    isNamed: name !== undefined,
    name: name ?? DEFAULT_ISSUER_NAME,
    subjectPrefix,
  });
  const named = listed.flatMap((options, index) =>
    options.sharesUsersWith === undefined ? [nameListed(options, index)] : [],
  );
  const all = own === undefined ? named : [{ ...own, subjectPrefix: undefined }, ...named];
  const faults: Fault[] = [];
  for (const issuer of all) {
    const { at: option, name } = issuer;
    const earlier = all.find((other) => other.name === name);
    if (earlier === undefined || earlier === issuer) continue;
    const facts = { two_of_one_name: describePair(issuer, earlier), name, example: findFreeName(all) };
    faults.push(createFault({ code: "CONFIG_ISSUER_NAME_SHARED", at: option, facts }));
  }
  const resolved = listed.map((options, index): NamedIssuer => {
    const { sharesUsersWith, subjectPrefix } = options;
    const asNamed = nameListed(options, index);
    if (sharesUsersWith === undefined) return asNamed;
    const option = at(index, "sharesUsersWith");
    const target = all.find((other) => other.name === sharesUsersWith);
    const names = [...new Set(all.map((other) => other.name))];
    if (target === undefined)
      faults.push(
        createOptionFault({
          option,
          problem: `no other issuer has the name "${sharesUsersWith.slice(0, 64)}"`,
          suggestion:
            names.length === 0
              ? 'give the issuer whose users they are a "name" instead'
              : `write one of ${names.map((known) => `"${known}"`).join(", ")}`,
        }),
      );
    if (options.name !== undefined)
      faults.push(
        createOptionFault({
          option,
          problem: 'it stands beside a "name", and an issuer has either users of its own or those of another',
          suggestion: 'leave out "name" or "sharesUsersWith"',
        }),
      );
    if (subjectPrefix !== undefined)
      faults.push(
        createOptionFault({
          option: at(index, "subjectPrefix"),
          problem: "the same user would have two ids: the prefix is that of the issuer whose users these are",
          suggestion: 'leave "subjectPrefix" out here',
        }),
      );
    return { ...asNamed, at: option, name: sharesUsersWith, subjectPrefix: target?.subjectPrefix };
  });
  return { listed: resolved, faults };
}

/** How two came to have one name; whoever wrote none does not look for it. */
function describePair({ who, isNamed, name }: NamedIssuer, earlier: NamedIssuer): string {
  const has = isNamed ? `has the name "${name}"` : `has no "name" and is therefore "${name}"`;
  return `${who} ${has}, like ${earlier.who}`;
}

/** A name that nobody has, to show the form of one. */
function findFreeName(all: readonly NamedIssuer[]): string {
  const isTaken = (name: string) => all.some((other) => other.name === name);
  let number = 2;
  while (isTaken(`issuer-${number}`)) number += 1;
  return `issuer-${number}`;
}

/** Names of issuers where two users with one id are two owners, and nothing in that id tells them apart; else none. */
export function findAlikeNames(
  issuers: readonly Pick<NamedIssuer, "name" | "subjectPrefix">[],
): readonly string[] {
  const bare = issuers.filter(({ subjectPrefix }) => subjectPrefix === undefined);
  const names = [...new Set(bare.map(({ name }) => name))];
  return names.length > 1 ? names : [];
}
