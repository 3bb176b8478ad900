/** The shared security key: whoever has it is the trusted root. */
import { createNameless } from "../identity/identity.ts";
import { ok } from "../outcome/result.ts";
import type { Authenticator } from "./authenticator.ts";

export interface SecurityKeyOptions {
  /** Without one nothing is ever equal to it. */
  readonly securityKey: string | undefined;
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** SHA-256 of a text. Keys are compared by it, so that the time taken tells nothing. */
  readonly sha256: (text: string) => string;
}

/** Creates it. It recognises the key itself and nothing else, however the key is written. */
export function createSecurityKeyAuthenticator(options: SecurityKeyOptions): Authenticator {
  const { securityKey, adminScope, sha256 } = options;
  const expected = securityKey === undefined ? undefined : sha256(securityKey);
  const root = ok(createNameless("security_key", adminScope));
  return Object.freeze({
    kind: "security key",
    recognises: ({ value }: Parameters<Authenticator["recognises"]>[0]) =>
      expected !== undefined && equalInConstantTime(sha256(value), expected),
    verify: () => root,
  });
}

/** Compares two digests of equal length without telling where they differ. */
function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % b.length);
  return difference === 0;
}
