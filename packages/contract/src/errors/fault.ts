/** One shape for everything that is wrong with a configuration or a key, until words are put to it at the edge. */
import type { Facts } from "./entry.ts";
import { FAULTS, type FaultCode } from "./error-catalogue.ts";
import { renderText } from "./render.ts";

/** Something wrong, as plain data; {@link renderFault} puts the catalogue's words to it. */
export interface Fault<Code extends FaultCode = FaultCode> {
  /** Its entry in the catalogue. */
  readonly code: Code;
  /** Values for the `{name}` places of the entry's texts. Never key material, a secret, a file path or a URL. */
  readonly facts: Facts;
  /** Where, as people call it: an option, a variable, `JWT_JWKS_FILE key 2`. Never a file path. Undefined: no one place. */
  readonly at?: string | undefined;
  /** `error` stops the start (or rejects a changed key set), `warning` is printed. */
  readonly severity: "error" | "warning";
}

/** A fault with the catalogue's words. */
export interface RenderedFault extends Fault {
  /** What is wrong: one line, no secret. */
  readonly message: string;
  /** What to do next. */
  readonly fix: string;
}

/** What {@link createFault} takes; severity defaults to that of the catalogue entry. */
export type FaultParts<Code extends FaultCode> = Pick<Fault<Code>, "code" | "at"> &
  Partial<Pick<Fault, "facts" | "severity">>;

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

/** Puts words to a fault; `cli` is the command that fixes name. */
export function renderFault(fault: Fault, cli: string): RenderedFault {
  const { title, fix } = FAULTS[fault.code];
  const facts = { ...fault.facts, cli };
  return { ...fault, message: renderText(title, facts), fix: renderText(fix, facts) };
}
