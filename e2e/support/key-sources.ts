/** The places a verification key can come from, as options of an AgentOS. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentOSOptions } from "@agentos/server";
import type { TestKey } from "@agentos/testkit";
import { afterAll } from "vitest";

type KeyOptions = Pick<AgentOSOptions, "authorization" | "authorizationConfig" | "env">;

const folder = mkdtempSync(join(tmpdir(), "agentos-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Writes a file that is removed after the tests, and gives its path. */
export function writeTemporary(content: string): string {
  files += 1;
  const path = join(folder, `keys-${files}.json`);
  writeFileSync(path, content);
  return path;
}

/** Only what the value itself cannot say is configured: PS256 for an RSA key in PEM, HS256 for a secret. */
function algorithmFor({ algorithm }: TestKey) {
  return algorithm.startsWith("PS") || algorithm.startsWith("HS") ? { algorithm } : {};
}

export const KEY_SOURCES = {
  verificationKeys: (key) => ({
    authorizationConfig: { verificationKeys: [key.verificationKey], ...algorithmFor(key) },
  }),
  JWT_VERIFICATION_KEY: (key) => ({
    authorization: true,
    authorizationConfig: algorithmFor(key),
    env: { JWT_VERIFICATION_KEY: key.verificationKey },
  }),
  "a JWKS file": (key) => ({
    authorizationConfig: {
      jwksFile: writeTemporary(JSON.stringify({ keys: [key.jwk] })),
      ...algorithmFor(key),
    },
  }),
  JWT_JWKS_FILE: (key) => ({
    authorization: true,
    authorizationConfig: algorithmFor(key),
    env: { JWT_JWKS_FILE: writeTemporary(JSON.stringify({ keys: [key.jwk] })) },
  }),
  "a JWK": (key) => ({
    authorizationConfig: { verificationKeys: [JSON.stringify(key.jwk)], ...algorithmFor(key) },
  }),
} as const satisfies Record<string, (key: TestKey) => KeyOptions>;

export const KEY_SOURCE_NAMES = Object.keys(KEY_SOURCES) as (keyof typeof KEY_SOURCES)[];
