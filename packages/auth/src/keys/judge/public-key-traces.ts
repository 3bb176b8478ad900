/**
 * Whether a text that is to be a shared secret holds a public key after all, damaged or with something around it. Whoever
 * has the public key could sign tokens with such a secret. Only ever used to refuse.
 *
 * This is for what the reader does not read. Not found: what is written in another notation than PEM, JWK, DER or SSH,
 * the bare numbers of a key, and a piece out of its middle, which nothing tells from random bytes unless the key is known
 * (`find-shared-numbers.ts`).
 */

import { openBase64 } from "./secret-readings.ts";

/** What a value with such traces is called in a fault. */
export const DAMAGED_PUBLIC_KEY = "a public key in a form that cannot be used";

/** Letters and digits alone: the labels of PEM, and what openssl prints above a key. */
const LABELS =
  /(?:BEGIN|END)(?:(?:RSA|EC|DSA|ED25519|ANY|OPENSSH|(?:SSH2)?ENCRYPTED|SSH2|PGP)?(?:PUBLIC|PRIVATE)KEY|(?:X509|TRUSTED|NEW)?CERTIFICATE)|PUBLICKEY\d{3,5}BIT|ED(?:25519|448)PUBLICKEYPUB/i;

/** Members of a JWK, the modulus of an RSA key, and SSH keys. */
const MEMBERS = [
  /kty\W{1,40}(?:RSA|EC|OKP|AKP)/,
  /crv\W{1,40}(?:P-\d|Ed\d|X\d|secp|BP-\d)/,
  /\be\W{1,40}AQAB/,
  /["'](?:n|x|y)\\{0,8}["']\W{1,40}[\w-]{40}/,
  /modulus\W{1,40}(?:(?:[0-9a-f]{2}[:\s]{0,20}){32}|(?=[a-z+/]{0,63}\d)[a-z0-9+/]{64})/i,
  /(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|@openssh\.com)\W{1,8}AAAA/,
  // The blob of an SSH key without its type: its length and the first letters of its name, in base64.
  /AAAA(?:[BC]3NzaC1|E2VjZHNh|GnNrLXNz|InNrLWVj)/,
  /PuTTY-User-Key-File-\d/,
];

/* oxlint-disable no-control-regex -- these are bytes. One above 0x7f may have been lost, or be another character now. */
const BYTES = [
  /\x06\t\*[^\0-\x7f]H[^\0-\x7f]{2}\r\x01[\x01\x03]/, // RSA and its signatures, Diffie-Hellman
  /\x06\x07\*[^\0-\x7f]H[^\0-\x7f](?:=\x02|8\x04)\x01/, // EC, DSA
  /0\x05\x06\x03\+e[n-q]|\x06\x03\+e[n-q]\x03[!9:]\0/, // X25519, X448, Ed25519, Ed448
  /\x06\t`[^\0-\x7f]H\x01e\x03\x04\x03/, // ML-DSA, SLH-DSA
  /0[\x82\ufffd][\0-\x10][^]\x02[\x82\ufffd][\0-\x10][^]\0/, // PKCS #1
  /0[\x81\ufffd][^\0-\x7f]\x02[\x81\ufffd][^\0-\x7f]\0/, // PKCS #1 of 1024 bits
  /\x02\x03\x01\0\x01$/, // the exponent 65537, at the end of RSA keys
  /\0\0\0[\x07-@](?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/,
  /openssh-key-v1\0/,
];
/* oxlint-enable no-control-regex -- no bytes below */

/** True when the text holds a public key, or what is left of one; the time is linear in the length of the text. */
export function holdsPublicKey(text: string): boolean {
  return holdsTraces(text) || openBase64(text).some(holdsTraces);
}

function holdsTraces(text: string): boolean {
  return (
    LABELS.test(text.replace(/[^A-Za-z0-9]+/g, "")) ||
    [...MEMBERS, ...BYTES].some((trace) => trace.test(text))
  );
}
