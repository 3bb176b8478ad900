/**
 * Everything that can be wrong with key material. A fault is found at start (or when a key file changes), never
 * while a request waits, and never shows key material, a secret, a path or a URL.
 *
 * `severity` is the default: a fault of one key inside a JWKS that holds other usable keys is only a warning,
 * so the fault itself carries the severity that applies.
 */

import type { FaultEntry } from "./entry.ts";
import { error, warning } from "./fault-entry.ts";

/** The smallest RSA key (RFC 7518 section 3.3). */
export const MIN_RSA_BITS = 2048;

export const keyFaults = {
  // The value as a whole
  KEY_EMPTY: error({
    title: "the key {empty_found}",
    fix: 'set it to a public key in PEM, to a JWK or to a shared secret; "{cli} keys env FILE" prints the line for a public key',
  }),
  KEY_TOO_LARGE: error({
    title: "the key has {bytes} bytes{padding_found}, more than the {limit} that are read",
    fix: "give one public key in PEM or JWK; a set of keys belongs in a JWKS file",
  }),
  KEY_UNREADABLE: error({
    title: "the key cannot be read: {reason}",
    fix: 'copy it again from its source as PEM; "{cli} keys env FILE" then prints a form that survives env files and shells',
  }),
  KEY_TRUNCATED: error({
    title: "the key is cut off: {actual} of {expected} bytes are there",
    fix: 'copy the whole value again, from the BEGIN line to the END line; "{cli} keys env FILE" prints the key as one line, which env files and forms keep whole',
  }),
  KEY_BODY_MISSING: error({
    title: "the key is cut off: nothing follows its BEGIN line",
    fix: 'copy the whole value again, from the BEGIN line to the END line; "{cli} keys env FILE" prints the key as one line, which env files and forms keep whole',
  }),
  KEY_PLUS_LOST: error({
    title: 'the key is damaged: there are spaces where it had "+"',
    fix: 'copy it again from its source; a form or URL that carried it turns "+" into a space, "{cli} keys env FILE" prints it without any "+"',
  }),
  KEY_BINARY: error({
    title: "the key is in binary form (DER), which is no text",
    fix: 'turn it into PEM with "openssl pkey -pubin -inform DER -in key.der" and give the result',
  }),
  KEY_PLACEHOLDER: error({
    title: "the key is a placeholder from an example, not a key",
    fix: 'put your own public key there, or make one with "{cli} keys generate"',
  }),
  KEY_SEVERAL_IN_ONE_VALUE: error({
    title: "one value holds {count} keys or more",
    fix: 'give each key its own entry in "verificationKeys", or put all of them in a JWKS file',
  }),

  // Something else than a public key
  KEY_PRIVATE: error({
    title: "a private key ({found}) was given where only the public key belongs",
    fix: 'make a new key pair, because this private half has been exposed to a server that must not know it; leave the private key with the issuer, and give the public half ("openssl pkey -in private.pem -pubout" derives it)',
  }),
  KEY_ENCRYPTED: error({
    title: "an encrypted private key was given where only the public key belongs",
    fix: 'derive the public half with "openssl pkey -in private.pem -pubout" (it asks for the passphrase) and give that; the private key stays with the issuer',
  }),
  KEY_CERTIFICATE: error({
    title: "a certificate was given instead of a public key; its names and dates would not be checked",
    fix: 'take the key out with "openssl x509 -pubkey -noout -in cert.pem" and give that',
  }),
  KEY_CERTIFICATE_REQUEST: error({
    title: "a certificate request was given instead of a public key",
    fix: 'take the key out with "openssl req -pubkey -noout -in request.pem" and give that',
  }),
  KEY_FILE_PATH: error({
    title: "the value is a file path, not a key",
    fix: 'give the content of the file; in a JSON config write "file:" before the path; for a JWKS use "jwksFile" or JWT_JWKS_FILE',
  }),
  KEY_URL: error({
    title: "the value is a URL, not a key",
    fix: 'give the key itself; the address of a JWKS belongs in "jwksUrl", and an issuer in "issuer" ("authorizationConfig" in code, "authorization" in a JSON configuration)',
  }),
  KEY_OPENSSH: error({
    title: "the key is in an SSH format, which tokens do not use",
    fix: 'convert it with "ssh-keygen -e -m PKCS8 -f key.pub" and give the result',
  }),
  KEY_OPENSSH_TYPE: error({
    title: "the key is an SSH key of the type {key_type}, which no tool of SSH converts for tokens",
    fix: 'make a new key pair with "{cli} keys generate", sign with its private half, and give the public one here',
  }),
  KEY_TYPE_UNSUPPORTED: error({
    title: "the key type {key_type} is not supported",
    fix: `use an RSA key of ${MIN_RSA_BITS} bits or more, an EC key on P-256, P-384 or P-521, or an Ed25519 key`,
  }),
  KEY_CURVE_UNSUPPORTED: error({
    title: "the curve {curve} is not supported",
    fix: "use P-256 (ES256), P-384 (ES384), P-521 (ES512) or Ed25519 (EdDSA)",
  }),
  KEY_POINT_INVALID: error({
    title: "the {curve} public key is not a valid point of its curve",
    fix: "export the public key again from its source; do not use this one",
  }),

  // Strength
  KEY_WEAK_RSA: error({
    title: `the RSA key has {bits} bits, fewer than ${MIN_RSA_BITS}`,
    fix: `make a new key pair of ${MIN_RSA_BITS} bits or more with "{cli} keys generate", sign with its private half, and give the public one here`,
  }),
  KEY_RSA_TOO_LARGE: error({
    title: "the RSA key has {bits} bits, more than the {limit} that a server should verify with",
    fix: `use an RSA key of ${MIN_RSA_BITS} to 4096 bits`,
  }),
  KEY_RSA_EXPONENT: error({
    title: "the public exponent of the RSA key {found}; it has to be odd and from 3 to 64 bits",
    fix: 'make a new key pair with "{cli} keys generate", whose exponent is 65537, sign with its private half, and give the public one here',
  }),
  KEY_RSA_MODULUS: error({
    title: "anybody can compute the private half of the RSA key: {problem}",
    fix: 'copy the public key again from its source; if it is the same there, make a new key pair with "{cli} keys generate", sign with its private half, give the public one here, and trust no token of the old one',
  }),
  KEY_RSA_ROCA: error({
    title:
      "the RSA key was made by a faulty generator (ROCA, CVE-2017-15361): its private half can be computed",
    fix: 'make a new key pair with "{cli} keys generate", sign with its private half, give the public one here, and trust no token of the old one; a chip or token card that made it needs new firmware',
  }),
  KEY_SECRET_SHORT: error({
    title: "the shared secret has {bytes} bytes, {algorithm} needs {minimum} or more",
    fix: 'make one with "openssl rand -base64 48" and use the text that it prints, as it is, on both sides',
  }),
  KEY_SECRET_LISTED: error({
    title: "the shared secret is known or guessable: {reason}",
    fix: 'make one with "openssl rand -base64 48" and use the text that it prints, as it is, on both sides; tokens signed with this one prove nothing',
  }),
  KEY_SECRET_BYTES_LOST: error({
    title: "the shared secret holds {found}: other secrets would become the same one",
    fix: 'make one with "openssl rand -base64 48" and use the text that it prints, as it is, on both sides',
  }),
  KEY_SECRET_EDGES: warning({
    title: "the shared secret {edge}, and is used exactly as given",
    fix: "if the signer does not have the same character there, no signature will match: remove it on this side",
  }),
  KEY_PUBLIC_AS_SECRET: error({
    title: "{algorithm} is configured, but the value is {found}: whoever has it could sign tokens",
    fix: 'make a secret with "openssl rand -base64 48" and use it on both sides; where a public key is meant, leave "algorithm" out',
  }),

  // Algorithm
  KEY_ALGORITHM_UNKNOWN: error({
    title: 'the "algorithm" {algorithm} is not one that is supported',
    fix: 'use one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, HS256, HS384, HS512 (upper case as written), or leave "algorithm" out to let the key decide',
  }),
  KEY_ALGORITHM_MISMATCH: error({
    title: "the configured algorithm {algorithm} does not fit the key, which is {key_type}",
    fix: 'set "algorithm" to one of {fitting}, or leave it out to let the key decide, or give a key made for {algorithm}',
  }),
  KEY_ALGORITHM_REQUIRED: error({
    title: "a public key is expected, because no algorithm is set; the value is {found}",
    fix: 'for a shared secret set {setting} ("authorizationConfig" in code, "authorization" in a JSON configuration); for a public key export it again as PEM',
  }),
  KEY_KINDS_MIXED: error({
    title: "this is {found}, and the other keys of the same issuer are {others}",
    fix: 'keep the kind that your tokens are signed with, and take the other out; tokens of two systems are told apart by their "iss", with an entry of "issuers" for each',
  }),

  // JWK and JWKS
  KEY_JWK_INVALID: error({
    title: "the JWK is not valid: {reason}",
    fix: "export the key again from its source as a JWK (RFC 7517)",
  }),
  KEY_JWK_USE: error({
    title: "the JWK is not meant for verifying signatures: {reason}",
    fix: 'use the key whose "use" is "sig", or whose "key_ops" has "verify"',
  }),
  KEY_JWK_ALGORITHM: error({
    title: 'the "alg" of the JWK, {algorithm}, does not fit a key of type {key_type}',
    fix: 'correct "alg" (one of {fitting}) or leave it out',
  }),
  KEY_JWKS_INVALID: error({
    title: "the key set is not a JWKS: {reason}",
    fix: 'give a JSON object with an array "keys" of JWKs (RFC 7517); a key in PEM belongs in JWT_VERIFICATION_KEY or "verificationKeys"',
  }),
  KEY_JWKS_EMPTY: error({
    title: "the key set holds no usable key; it has {count} in all",
    fix: 'put at least one public signing key of the issuer into "keys"; a key that is in it and cannot be used has a fault of its own',
  }),
  KEY_JWKS_TOO_LARGE: error({
    title: "the key set is too large: {actual}, the limit is {limit}",
    fix: "keep only the keys that tokens are verified with",
  }),
  KEY_JWKS_DUPLICATE_KID: warning({
    title: 'two different keys of the set have the same "kid"; both are tried',
    fix: 'give every key its own "kid", best its RFC 7638 thumbprint',
  }),
  KEY_JWKS_SECRET: error({
    title: "a published key set holds a shared secret, which everybody can then read",
    fix: "remove it from the set, replace the secret, and sign with an asymmetric key",
  }),
  KEY_DUPLICATE: warning({
    title: "this key was given already as {first}; it is used once",
    fix: "remove one of the two",
  }),

  // Keys for signing, where the words above would be those of the other side
  KEY_SIGNING_PUBLIC: error({
    title: "this is {found}; only a private key can sign",
    fix: 'give the private key of the pair; of JWKs that is the one with the member "d"',
  }),
  KEY_SIGNING_ENCRYPTED: error({
    title: "the private key is encrypted",
    fix: 'decrypt it with "openssl pkey -in key.pem -out plain.pem", which makes a file that only you can read, and give that file',
  }),
  KEY_SIGNING_BINARY: error({
    title: "the private key is in binary form (DER), which is no text",
    fix: 'turn it into PEM with "openssl pkey -inform DER -in private.der -out private.pem" and give that file',
  }),
  KEY_SIGNING_UNREADABLE: error({
    title: "the private key cannot be read: {reason}",
    fix: "give all of it in PEM, from its BEGIN line to its END line, or as a JWK",
  }),
  KEY_SIGNING_USE: error({
    title: "the JWK is not meant for signing: {reason}",
    fix: 'sign with the key whose "use" is "sig" and whose "key_ops", where it has them, hold "sign"',
  }),
  KEY_SIGNING_UNSUPPORTED: error({
    title: "{found} is not supported here",
    fix: `use RSA of ${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 or Ed25519; "{cli} keys generate" makes a key pair`,
  }),
  KEY_SIGNING_ALGORITHM_MISMATCH: error({
    title: "{algorithm} does not fit this key, which is {key_type}",
    fix: "sign with one of {fitting}",
  }),
  KEY_SIGNING_ALGORITHM_REQUIRED: error({
    title:
      "a private key is expected, because no algorithm for a shared secret is given; the value is neither PEM nor a JWK",
    fix: "for a shared secret give the algorithm too, HS256; else give the private key in PEM or as a JWK",
  }),

  // JWKS file
  KEY_JWKS_FILE_MISSING: error({
    title: "the JWKS file does not exist",
    fix: 'check the path in "jwksFile" or JWT_JWKS_FILE, and that the file is mounted where this process runs',
  }),
  KEY_JWKS_FILE_UNREADABLE: error({
    title: "the JWKS file cannot be read ({reason})",
    fix: "let the user that runs this process read the file and enter its folders",
  }),
  KEY_JWKS_FILE_NOT_A_FILE: error({
    title: "the JWKS path is {found}, not a file",
    fix: 'name the file itself in "jwksFile" or JWT_JWKS_FILE',
  }),
  KEY_JWKS_FILE_STALE: warning({
    title:
      "the JWKS file cannot be used any more ({code}); the last good keys stay for {minutes} minutes at most",
    fix: "repair the file; it is read again as soon as it changes",
  }),
  KEY_JWKS_FILE_EXPIRED: error({
    title:
      "the JWKS file has been unusable ({code}) for over {minutes} minutes, so its keys are no longer trusted",
    fix: "repair the file; it is read again as soon as it changes",
  }),

  // JWKS URL and OIDC discovery
  KEY_URL_REFUSED: error({
    title: "the address of the {document} cannot be used: {problem}",
    fix: "give an https address without user name and password; http is accepted only for localhost, 127.0.0.1 and [::1]",
  }),
  KEY_SOURCE_UNREACHABLE: error({
    title: "the {document} cannot be fetched from {host}: {reason}",
    fix: "correct the address in the configuration, or let this process reach it over the network",
  }),
  KEY_SOURCE_TIMEOUT: error({
    title: "the {document} did not arrive from {host} within {seconds} seconds",
    fix: "look there whether the issuer answers at all, and let the firewalls and proxies on the way pass the connection",
  }),
  KEY_SOURCE_STATUS: error({
    title: "the address of the {document} (on {host}) answers with HTTP status {status}",
    fix: "check the address: open it in a browser, it must show JSON without a sign-in",
  }),
  KEY_SOURCE_REDIRECT: error({
    title: "the address of the {document} answers with a redirect ({status}), which is not followed",
    fix: "give the final address; whoever controls a redirect would control which keys are trusted",
  }),
  KEY_SOURCE_TOO_LARGE: error({
    title: "the {document} is larger than {limit} bytes, and was not read further",
    fix: "check that the address leads to the JWKS or issuer itself",
  }),
  KEY_SOURCE_WEB_PAGE: error({
    title: "the address of the {document} answers with a web page",
    fix: 'give the address of the JSON document itself (the "jwks_uri" of the issuer), not of a sign-in or documentation page',
  }),
  KEY_SOURCE_NO_TEXT: error({
    title: "the address of the {document} (on {host}) answers with {found}",
    fix: "let it answer with JSON in UTF-8",
  }),
  KEY_DISCOVERY_INVALID: error({
    title: "the discovery document of the issuer cannot be used: {reason}",
    fix: 'check "issuer", or give the address of its keys in "jwksUrl"',
  }),
  KEY_DISCOVERY_ISSUER_MISMATCH: error({
    title: 'the discovery document is not that of the configured "issuer": {difference}',
    fix: 'set "issuer" exactly to the "issuer" of the document and of the tokens, to the letter, final slash included',
  }),
  KEY_SOURCE_STALE: warning({
    title:
      "the keys of the issuer cannot be fetched any more ({code}); the last good keys stay for {minutes} minutes at most",
    fix: "repair what the fault beside this one names; the issuer is asked again every few seconds while requests arrive",
  }),
  KEY_SOURCE_EXPIRED: error({
    title:
      "the keys of the issuer have not been fetched ({code}) for over {minutes} minutes, so they are no longer trusted",
    fix: "repair what the fault beside this one names; the issuer is asked again every few seconds while requests arrive",
  }),
} as const satisfies Record<string, FaultEntry>;
