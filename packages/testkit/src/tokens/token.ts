/**
 * Makes tokens with full control over every part. Nothing is checked or corrected: whatever a test puts in comes out,
 * signed. The signing is WebCrypto's and the tests of this file verify it with jose; `auth` is never involved.
 */
import type { TestKey } from "../keys/key.ts";

/** A JSON object of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/** Everything that a token is made of. */
export interface TokenParts {
  /** Signs, whatever the header says. */
  readonly key: TestKey;
  /** The whole header; an entry that is undefined is left out. */
  readonly header: Claims;
  /** The whole payload; an entry that is undefined is left out. */
  readonly payload: Claims;
}

/** What the token says. */
export interface GoodTokenOptions {
  /** Its algorithm and `kid` go into the header. */
  readonly key: TestKey;
  /** Seconds since 1970. */
  readonly now: number;
  /** Default `agent-os`. */
  readonly audience?: string;
  /** Default `https://issuer.test`. */
  readonly issuer?: string;
  /** Default `alice`. */
  readonly subject?: string;
  /** Default: `agents:read`, `agents:run`. */
  readonly scopes?: readonly string[];
}

/** The parts of a token that a server with this key, audience and issuer accepts. */
export function goodToken(options: GoodTokenOptions): TokenParts {
  const { key, now, audience = "agent-os", issuer = "https://issuer.test", subject = "alice" } = options;
  return {
    key,
    header: { alg: key.algorithm, typ: "JWT", kid: key.kid },
    payload: {
      iss: issuer,
      sub: subject,
      aud: audience,
      iat: now,
      exp: now + 3600,
      scopes: options.scopes ?? ["agents:read", "agents:run"],
    },
  };
}

/** The same parts with some header entries replaced; undefined removes one. */
export function withHeader(parts: TokenParts, header: Claims): TokenParts {
  return { ...parts, header: { ...parts.header, ...header } };
}

/** The same parts with some claims replaced; undefined removes one. */
export function withClaims(parts: TokenParts, payload: Claims): TokenParts {
  return { ...parts, payload: { ...parts.payload, ...payload } };
}

/** Signs a token. */
export function signToken({ key, header, payload }: TokenParts): Promise<string> {
  return signSegments(encodeSegment(header), encodeSegment(payload), key.sign);
}

/** Signs two segments as they are, valid or not. */
export async function signSegments(header: string, payload: string, sign: TestKey["sign"]): Promise<string> {
  const signature = await sign(new TextEncoder().encode(`${header}.${payload}`));
  return `${header}.${payload}.${Buffer.from(signature).toString("base64url")}`;
}

/** Base64url of a text, of bytes, or of anything else as JSON. */
export function encodeSegment(value: unknown): string {
  const bytes =
    value instanceof Uint8Array
      ? value
      : Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  return Buffer.from(bytes).toString("base64url");
}

/** Shaped like a JWT, signed by nobody. */
export const TOKEN_SHAPED = ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJhbGljZSJ9", "c2lnbmF0dXJl"].join(".");
