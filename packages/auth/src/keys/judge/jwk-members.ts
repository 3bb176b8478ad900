/**
 * The numbers of a JWK. What other tools write is read all the same where it can only mean the same bytes: padding, the
 * alphabet of plain base64, white space. Anything else is named.
 */

import { decodeBase64Url } from "../../encoding/base64.ts";
import { fail, ok, type Result } from "../../outcome/result.ts";
import type { KeyRepair } from "../model/repairs.ts";

type Jwk = Readonly<Record<string, unknown>>;

export interface MemberBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same in base64url. */
  readonly text: string;
  readonly repairs: readonly KeyRepair[];
}

/** The bytes of one member, or in words why there are none; its value is never in them. */
export function readMember(jwk: Jwk, name: string): Result<MemberBytes, string> {
  const value = jwk[name];
  if (value === undefined) return fail(`"${name}" is missing`);
  if (typeof value !== "string") return fail(`"${name}" is not a text`);
  const repairs: KeyRepair[] = [];
  const text = undo(undo(undo(value, WHITE_SPACE), PADDING), STANDARD);
  const bytes = decodeBase64Url(text);
  if (bytes !== undefined)
    return bytes.length === 0 ? fail(`"${name}" is empty`) : ok({ bytes, text, repairs });
  const position = text.search(/[^\w-]/);
  return fail(
    position < 0
      ? `"${name}" is no base64url: ${describeLength(text)}`
      : `"${name}" is no base64url: its character ${position + 1} does not belong there`,
  );

  function undo(before: string, { pattern, replacement, repair }: Repair): string {
    const after = before.replace(pattern, replacement);
    if (after !== before) repairs.push(repair);
    return after;
  }
}

interface Repair {
  readonly pattern: RegExp;
  readonly replacement: (found: string) => string;
  readonly repair: KeyRepair;
}

const nothing = () => "";
const WHITE_SPACE: Repair = { pattern: /\s+/g, replacement: nothing, repair: "member-whitespace" };
const PADDING: Repair = { pattern: /={1,2}$/, replacement: nothing, repair: "member-padding" };
const STANDARD: Repair = {
  pattern: /[+/]/g,
  replacement: (found) => (found === "+" ? "-" : "_"),
  repair: "member-alphabet",
};

function describeLength(text: string): string {
  return text.length % 4 === 1
    ? `${text.length} characters are no whole number of bytes, so it is cut off`
    : "its last character has bits that belong to no byte, so it was changed or cut off";
}

/** The same JWK with its numbers in base64url, for libraries that read no other form; what cannot be read stays. */
export function normaliseMembers(jwk: Jwk, names: readonly string[]): Jwk {
  const mended: Record<string, unknown> = { ...jwk };
  for (const name of names) {
    const member = readMember(jwk, name);
    if (member.ok) mended[name] = member.value.text;
  }
  return mended;
}
