/** What cannot be done as it was asked. Thrown, so that the transaction in which it was found changes nothing. */
import type { Facts, LimitCode, PlaceOf, RejectionCode } from "@agentos/contract";
import { type LIMITS, REJECTIONS, renderText } from "@agentos/contract";

type Texts<Code extends RejectionCode | LimitCode> = Code extends RejectionCode
  ? (typeof REJECTIONS)[Code]["title" | "detail" | "fix"]
  : Code extends LimitCode
    ? (typeof LIMITS)[Code]["title" | "detail" | "fix"]
    : never;
/** The facts that the texts of a code name; `cli` is filled in where the answer is made. */
type FactsOf<Code extends RejectionCode | LimitCode> = {
  readonly [Name in Exclude<PlaceOf<Texts<Code>>, "cli">]: Facts[string];
};

/** Its code and facts become the answer; nobody is shown its stack. */
export class Rejected extends Error {
  override readonly name = "Rejected";
  readonly code: RejectionCode | LimitCode;
  readonly facts: Facts;

  constructor(code: RejectionCode | LimitCode, facts: Facts) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** Makes one: `throw reject("MEMBER_LAST_OWNER")`. Every fact that the texts of the code name is asked for. */
export function reject<const Code extends RejectionCode | LimitCode>(
  code: Code,
  ...facts: keyof FactsOf<Code> extends never ? [] : [FactsOf<Code>]
): Rejected {
  return new Rejected(code, facts[0] ?? {});
}

/** Its cause, to stand behind what could not be done for it. Undefined for a limit. */
export function findCause({ code, facts }: Rejected): string | undefined {
  const entry = Object.entries(REJECTIONS).find(([known]) => known === code)?.[1];
  return entry === undefined ? undefined : renderText(entry.title, facts);
}
