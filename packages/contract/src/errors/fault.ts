/** One shape for everything that is wrong with a configuration or a key, until words are put to it at the edge. */
import type { Facts, FaultEntry } from "./entry.ts";
import { FAULTS, type FaultCode } from "./error-catalogue.ts";
import { type PlaceOf, placesOf, renderFix, renderText } from "./render.ts";

/** Something wrong, as plain data; {@link renderFault} puts the catalogue's words to it. */
export interface Fault<Code extends FaultCode = FaultCode> {
  /** Its entry in the catalogue. */
  readonly code: Code;
  /**
   * Values for the `{name}` places of the entry's texts. Never key material, a secret, a file path or a URL. Four serve
   * every entry: `suggestion`, a better fix for this very case; `of`, whose option it is (`agent "shop"`); `from`, what
   * the value at `at` was given by (`env:NAME`; in a command of the operator's own also `file:PATH`); `shell: false`
   * where no line of a shell changes it, since it stands in code or in a file.
   */
  readonly facts: Facts;
  /** Where, as people call it: an option, a variable, `JWT_JWKS_FILE key 2`. Never a file path. Undefined: no one place. */
  readonly at?: string | undefined;
  /** `error` stops the start (or rejects a changed key set), `warning` is printed. */
  readonly severity: "error" | "warning";
}

/** A fault with the catalogue's words. */
export interface RenderedFault extends Fault {
  /** What is wrong, its place included: one line, no secret. */
  readonly message: string;
  /** What to do next. */
  readonly fix: string;
}

type Place<Code extends FaultCode> = PlaceOf<(typeof FAULTS)[Code]["title" | "fix"]>;
type FactName<Code extends FaultCode> = Exclude<Place<Code>, "cli" | "option">;

/** Distributes: of a code that is one of several, only what each of them needs is asked for. */
type Needed<Code extends FaultCode> = Code extends FaultCode
  ? ([FactName<Code>] extends [never]
      ? unknown
      : { readonly facts: { readonly [Name in FactName<Code>]: Facts[string] } }) &
      ("option" extends Place<Code> ? { readonly at: string } : unknown)
  : never;

/**
 * What {@link createFault} takes: every fact that the code's texts need, and `at` where they name the option. Severity
 * defaults to that of the entry.
 */
export type FaultParts<Code extends FaultCode> = Pick<Fault<Code>, "code" | "at"> &
  Partial<Pick<Fault, "facts" | "severity">> &
  Needed<Code>;

/** Makes a frozen fault. */
export function createFault<const Code extends FaultCode>(parts: FaultParts<Code>): Fault<Code> {
  const { code, at, facts = {}, severity = FAULTS[code].severity } = parts;
  return Object.freeze({
    code,
    facts: Object.freeze({ ...facts }),
    severity,
    ...(at === undefined ? {} : { at }),
  });
}

/** Puts words to a fault, its place before them where they do not name it; `cli` is the command that fixes name. */
export function renderFault(fault: Fault, cli: string): RenderedFault {
  const { title, fix }: FaultEntry = FAULTS[fault.code];
  const { at } = fault;
  const facts = { ...fault.facts, cli, ...(at === undefined ? {} : { option: at }) };
  const owner = "of" in fault.facts ? "{of}: " : "";
  const origin = "from" in fault.facts ? " ({from})" : "";
  const place = at === undefined || placesOf(title).includes("option") ? "" : `"{option}"${origin}: `;
  return Object.freeze({
    ...fault,
    message: renderText(`${owner}${place}${title}`, facts),
    fix: renderFix(fix, facts),
  });
}
