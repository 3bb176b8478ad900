/** Guesses about pasted text must not hit what is random: no secret of a JWK is refused for what it looks like. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { findSecretFault } from "./find-secret-fault.ts";
import { readSecretJwk } from "./read-secret-jwk.ts";

const ROUNDS = 60_000;

function judge(bytes: Buffer): string | undefined {
  const options = { algorithm: "HS256", at: "s" } as const;
  const read = readSecretJwk({ kty: "oct", k: bytes.toString("base64url") }, options);
  const fault = read.ok ? findSecretFault(read.value, { ...options, allowWeakSecrets: false }) : read.fault;
  return fault && `${fault.code} ${JSON.stringify(fault.facts)} ${bytes.toString("hex")}`;
}

test(`${ROUNDS} random secrets in JWKs are accepted`, () => {
  const refused = Array.from({ length: ROUNDS }, () => judge(randomBytes(32))).filter(
    (fault) => fault !== undefined,
  );
  expect(refused).toEqual([]);
}, 60_000);

test.each([
  ["a home folder, a backslash share and braces by chance", ["7e2f", "5c5c", "3c", "7b7b", "2e2f", "24"]],
  ["the beginning of DER", ["3082", "30819f30", "30820122", "302a3005", "3082025d0201000281"]],
  ["what is left of DER in a text", ["30efbfbd", "30efbfbd01"]],
])("random secrets that begin like %s are accepted", (_, starts) => {
  const refused = starts.flatMap((start) =>
    Array.from({ length: 2_000 }, () => {
      const prefix = Buffer.from(start, "hex");
      return judge(Buffer.concat([prefix, randomBytes(64 - prefix.length)]));
    }).filter((fault) => fault !== undefined),
  );
  expect(refused).toEqual([]);
});

test.each([
  ["a placeholder", "<your-secret-here-with-thirty-two-chars>", "KEY_SECRET_LISTED"],
  ["a path", "/run/secrets/jwt-hmac-secret-for-the-agent-os", "KEY_PUBLIC_AS_SECRET"],
])("the twin, %s that somebody pasted, is refused", (_, text, code) => {
  expect(judge(Buffer.from(text))).toMatch(new RegExp(`^${code}`));
});
