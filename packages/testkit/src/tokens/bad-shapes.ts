/** Rows of `badTokens` whose text is damaged. */
import { damageSignature, encryptedToken, replacePayload } from "./attacks.ts";
import type { BadToken } from "./bad-token.ts";
import { encodeSegment, signSegments, signToken, type TokenParts, withClaims } from "./token.ts";

const edit = (change: (token: string) => string) => async (good: TokenParts) => change(await signToken(good));

/** A good token of about the given length. */
const sized = (characters: number) => (good: TokenParts) =>
  signToken(withClaims(good, { padding: "x".repeat(characters) }));

export const badShapes: readonly BadToken[] = [
  { name: "an empty-looking token of two dots", expectedCode: "AUTH_TOKEN_HEADER_INVALID", make: () => ".." },
  { name: "a word instead of a token", expectedCode: "AUTH_TOKEN_MALFORMED", make: () => "secret" },
  {
    name: "a token without its signature segment",
    expectedCode: "AUTH_TOKEN_MALFORMED",
    make: edit((token) => token.slice(0, token.lastIndexOf("."))),
  },
  {
    name: "a token with a fourth segment",
    expectedCode: "AUTH_TOKEN_MALFORMED",
    make: edit((token) => `${token}.x`),
  },
  { name: "ten thousand dots", expectedCode: "AUTH_TOKEN_MALFORMED", make: () => ".".repeat(10_000) },
  {
    name: "a token of 64 KB",
    expectedCode: "AUTH_TOKEN_TOO_LARGE",
    make: sized(48 * 1024),
    twin: sized(1024),
  },
  {
    name: "a non-ASCII bearer",
    expectedCode: "AUTH_TOKEN_CHARACTERS_INVALID",
    make: edit((token) => `${token}é`),
  },
  {
    name: "a token in double quotes",
    expectedCode: "AUTH_TOKEN_QUOTED",
    make: edit((token) => `"${token}"`),
  },
  {
    name: "a token with a space inside",
    expectedCode: "AUTH_TOKEN_SPACED",
    make: edit((token) => `${token.slice(0, 20)} ${token.slice(20)}`),
  },
  {
    name: "a token with a quote at its end",
    expectedCode: "AUTH_TOKEN_QUOTED",
    make: edit((token) => `${token}'`),
  },
  {
    name: "a token with the comma of a JSON text behind it",
    expectedCode: "AUTH_TOKEN_CHARACTERS_INVALID",
    make: edit((token) => `${token},`),
  },
  {
    name: "a payload that is not base64url",
    expectedCode: "AUTH_PAYLOAD_DAMAGED",
    make: edit((token) => token.replace(".", ".+")),
  },
  { name: "an encrypted token", expectedCode: "AUTH_TOKEN_ENCRYPTED", make: encryptedToken },
  {
    name: "a header that is not base64url",
    expectedCode: "AUTH_TOKEN_HEADER_INVALID",
    make: edit((token) => `$$$$${token}`),
  },
  {
    name: "a header that is not JSON",
    expectedCode: "AUTH_TOKEN_HEADER_INVALID",
    make: (good) => signSegments(encodeSegment("alg"), encodeSegment(good.payload), good.key.sign),
  },
  {
    name: "a header that is a JSON list",
    expectedCode: "AUTH_TOKEN_HEADER_INVALID",
    make: (good) => signSegments(encodeSegment([good.header]), encodeSegment(good.payload), good.key.sign),
  },
  {
    name: "a payload that is not JSON",
    expectedCode: "AUTH_PAYLOAD_INVALID",
    make: (good) => signSegments(encodeSegment(good.header), encodeSegment("hello"), good.key.sign),
  },
  {
    name: "a payload that is a JSON list",
    expectedCode: "AUTH_PAYLOAD_INVALID",
    make: (good) => signSegments(encodeSegment(good.header), encodeSegment([good.payload]), good.key.sign),
  },
  {
    name: "a payload that is not UTF-8",
    expectedCode: "AUTH_PAYLOAD_INVALID",
    make: (good) =>
      signSegments(encodeSegment(good.header), encodeSegment(Uint8Array.of(0x7b, 0xff, 0x7d)), good.key.sign),
  },
  {
    name: "a token without a signature",
    expectedCode: "AUTH_SIGNATURE_MALFORMED",
    make: edit((token) => token.slice(0, token.lastIndexOf(".") + 1)),
  },
  {
    name: "a signature cut off by four characters",
    expectedCode: "AUTH_SIGNATURE_MALFORMED",
    make: edit((token) => token.slice(0, -4)),
  },
  {
    name: "a padded signature",
    expectedCode: "AUTH_SIGNATURE_MALFORMED",
    make: edit((token) => `${token}==`),
  },
  { name: "a damaged signature", expectedCode: "AUTH_SIGNATURE_INVALID", make: edit(damageSignature) },
  {
    name: "a payload exchanged after signing",
    expectedCode: "AUTH_SIGNATURE_INVALID",
    make: async (good) =>
      replacePayload(await signToken(good), { ...good.payload, scopes: ["agent_os:admin"] }),
  },
];
