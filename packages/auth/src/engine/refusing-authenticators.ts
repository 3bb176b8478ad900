/** Authenticators that only refuse, by name: credentials that people send to a server that takes others. */
import { SERVICE_ACCOUNT_TOKEN_PREFIX } from "@agentos/contract";
import { refuse } from "../outcome/result.ts";
import { findStrangeCredential } from "../request/strange-credential.ts";
import { type Authenticator, createRefusing } from "./authenticator.ts";
import { looksLikeJwt } from "./jwt-authenticator.ts";

/** A service account token is never tried as anything else (contract 1.6). `accepted` says what to send instead. */
export function refuseServiceAccounts(accepted: string): Authenticator {
  return createRefusing(
    "service account token",
    ({ value }) => value.startsWith(SERVICE_ACCOUNT_TOKEN_PREFIX),
    refuse("AUTH_SERVICE_ACCOUNTS_DISABLED", { accepted_credential: accepted }),
  );
}

/** What an unset variable or an example leaves behind, and tokens that only their own issuer can read. */
export const strangeInsteadOfToken: Authenticator = Object.freeze({
  kind: "no credential",
  recognises: ({ value }: Parameters<Authenticator["recognises"]>[0]) =>
    findStrangeCredential(value) !== undefined,
  verify({ value }: Parameters<Authenticator["verify"]>[0]) {
    const { code, facts } = findStrangeCredential(value) ?? { code: "AUTH_TOKEN_MALFORMED", facts: {} };
    return refuse(code, facts);
  },
});

/** The same while only the security key is on: whatever could be a key is left to be compared. */
export const strangeInsteadOfKey: Authenticator = Object.freeze({
  kind: "no credential",
  recognises: ({ value }: Parameters<Authenticator["recognises"]>[0]) =>
    findStrangeCredential(value)?.insteadOfKey !== undefined,
  verify: ({ value }: Parameters<Authenticator["verify"]>[0]) =>
    refuse("AUTH_SECURITY_KEY_UNSET", {
      found: findStrangeCredential(value)?.insteadOfKey ?? "something else",
    }),
});

/** Two headers arrive joined by a comma, which no token contains. A comma at an end joins nothing. */
export const repeatedCredential: Authenticator = createRefusing(
  "more than one credential",
  ({ value, via }) => via === "header" && joinsTwo(value),
  refuse("AUTH_CREDENTIAL_REPEATED"),
);

function joinsTwo(value: string): boolean {
  const comma = value.indexOf(",");
  return comma !== -1 && [value.slice(0, comma), value.slice(comma)].every((part) => /[^, \t"'`]/.test(part));
}

/** While only the security key is on. By form, without comparing what stands between the quotes. */
export const quotedSecurityKey: Authenticator = createRefusing(
  "security key",
  ({ value }) => /^(["'`]).+\1$/.test(value),
  refuse("AUTH_SECURITY_KEY_QUOTED"),
);

/** While JWT is on. By form, without comparing: the answer must not tell whether a guessed key is right. */
export const securityKeyBesideJwt: Authenticator = createRefusing(
  "security key",
  ({ value }) => !/\.[^.]*\./.test(value),
  refuse("AUTH_SECURITY_KEY_NOT_ACCEPTED"),
);

/** While only the security key is on. */
export const jwtBesideSecurityKey: Authenticator = createRefusing(
  "JWT",
  ({ value }) => looksLikeJwt(value),
  refuse("AUTH_TOKEN_NOT_ACCEPTED"),
);

/** While only the security key is on: whatever is neither the key nor of another kind. */
export const wrongSecurityKey: Authenticator = createRefusing(
  "security key",
  () => true,
  refuse("AUTH_SECURITY_KEY_INVALID"),
);
