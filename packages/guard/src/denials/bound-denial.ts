/** How much one kept denial may hold: most of it is text that a caller chose, such as the scopes of a token. */
import type { Facts } from "@agentos/contract";
import type { Denial } from "./denial-recorder.ts";

/** Longest text of a record: route, client, fix, or one fact. */
const MAX_TEXT = 2_000;
/** Characters of all facts of a record together, names included. */
const MAX_FACTS = 8_000;
/** Entries of a fact that is a list. */
const MAX_ENTRIES = 100;
/** A name that is longer belongs to nobody whom this server knows: cut, it could be somebody else's. */
const MAX_NAME = 1_000;
const CUT = "…";

/** The denial with its texts cut to what a record may hold; the same object where nothing is too long. */
export function boundDenial(denial: Denial): Denial {
  const { subject, issuer, owner, client } = denial;
  const isNamed = [subject, issuer, owner?.id, owner?.issuer].every(
    (name) => name === undefined || name.length <= MAX_NAME,
  );
  return {
    ...denial,
    route: cut(denial.route, MAX_TEXT),
    fix: cut(denial.fix, MAX_TEXT),
    client: client === undefined ? undefined : cut(client, MAX_TEXT),
    facts: boundFacts(denial.facts),
    ...(isNamed ? {} : { subject: undefined, owner: undefined }),
  };
}

function boundFacts(facts: Facts): Facts {
  let left = MAX_FACTS;
  const take = (text: string) => {
    const taken = cut(text, Math.min(MAX_TEXT, Math.max(left, 0)));
    left -= taken.length;
    return taken;
  };
  const bounded: [string, Facts[string]][] = [];
  for (const [name, value] of Object.entries(facts)) {
    left -= name.length;
    if (left <= 0) break;
    bounded.push([
      name,
      typeof value === "string" ? take(value) : typeof value === "object" ? boundList(value, take) : value,
    ]);
  }
  return Object.fromEntries(bounded);
}

/** What does not fit is counted in the last entry, so that nobody takes the part for the whole. */
function boundList(list: readonly string[], take: (text: string) => string): readonly string[] {
  const kept: string[] = [];
  for (const entry of list.slice(0, MAX_ENTRIES)) {
    const taken = take(entry);
    if (taken.length < entry.length) break;
    kept.push(taken);
  }
  return kept.length === list.length ? kept : [...kept, `(${list.length - kept.length} more)`];
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(most - CUT.length, 0))}${CUT}`;
}
