/** Authenticators that only refuse, by name: credentials that people send to a server that takes others. */
import { SERVICE_ACCOUNT_TOKEN_PREFIX } from "@agentos/contract";
import { refuse } from "../outcome/result.ts";
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

/** Two headers arrive joined by a comma, which no token contains. */
export const repeatedCredential: Authenticator = createRefusing(
  "more than one credential",
  ({ value, via }) => via === "header" && value.includes(","),
  refuse("AUTH_CREDENTIAL_REPEATED"),
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
