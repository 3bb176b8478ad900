/**
 * What to write instead, made of what was written: an example in its place would change what was meant, and a list of
 * scopes from an example takes the admin away. INVARIANT: a value is shown only where the option can hold no secret.
 */

import { SIGNING_ALGORITHMS } from "@agentos/auth";
import { nearest } from "@agentos/contract/text";
import type { z } from "zod";
import { placeOf } from "./describe-issue.ts";

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const SCOPE = /^[\w*-]+(?::[^\s:"]+){1,2}$/;
const PREFIX_WITHOUT_END = /^[\w.-]{1,31}$/;

/** Undefined where nothing that was written can be kept. */
export function suggestFromGiven(issue: z.core.$ZodIssue, given: unknown): string | undefined {
  const value = readAt(given, issue.path);
  const { name, isItem } = placeOf(issue.path);
  // As in Python and in a JSON file, where one name is for both.
  const isSwitch = issue.code === "invalid_type" && issue.expected === "boolean";
  if (name === "authorization" && isSwitch && typeof value === "object" && value !== null)
    return 'call it "authorizationConfig"';
  if (typeof value !== "string") return undefined;
  const write = (text: string) => (isItem || name === "" ? `write ${text}` : `write "${name}": ${text}`);
  if (issue.code === "invalid_format" && name === "subjectPrefix" && PREFIX_WITHOUT_END.test(value))
    return `end it with ":", "|" or "/", such as "${value}:"`;
  if (name === "algorithms") {
    const meant = nearest(value, SIGNING_ALGORITHMS);
    return meant === undefined ? "write that of the signer" : write(`"${meant}"`);
  }
  if (issue.code === "invalid_value") {
    const known = issue.values.filter((one) => typeof one === "string");
    const meant = nearest(value, known);
    return meant === undefined ? undefined : write(`"${meant}"`);
  }
  if (issue.code !== "invalid_type") return undefined;
  switch (issue.expected) {
    case "number":
    case "int":
      return NUMBER.test(value) ? `${write(String(Number(value)))}, without quotes` : undefined;
    case "boolean":
      return suggestSwitch(value, write);
    case "array":
      return holdsScopes(issue.path) ? suggestScopes(value, write) : undefined;
    default:
      return undefined;
  }
}

/** `"true"` and other ways to say yes or no. */
function suggestSwitch(value: string, write: (text: string) => string): string | undefined {
  const isOn = /^(?:true|yes|on|1)$/i.test(value.trim());
  const isOff = /^(?:false|no|off|0)$/i.test(value.trim());
  return isOn || isOff ? `${write(String(isOn))}, without quotes` : undefined;
}

/** Lists of scopes; any other list of texts may be one of secrets. */
function holdsScopes(path: readonly PropertyKey[]): boolean {
  return path.at(-1) === "allowedScopes" || path.at(-2) === "scopeMappings";
}

/** OAuth writes several scopes into one text, with spaces between them. */
function suggestScopes(value: string, write: (text: string) => string): string | undefined {
  const scopes = value.split(/[\s,]+/).filter((scope) => scope !== "");
  const isScopes = scopes.length > 0 && value.length <= 1_000 && scopes.every((scope) => SCOPE.test(scope));
  return isScopes ? write(`[${scopes.map((scope) => `"${scope}"`).join(", ")}]`) : undefined;
}

/** What was written at a place; undefined where nothing is. */
export function readAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let place = given;
  for (const key of path) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return undefined;
    place = (place as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return place;
}
