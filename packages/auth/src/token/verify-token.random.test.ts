import { encodeSegment, goodToken, signSegments, signToken, withClaims } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setUpVerifier } from "./verifier.fixture.ts";

describe("verify never throws or rejects", async () => {
  const { good, verify } = await setUpVerifier({ algorithm: "HS256" });
  const unsafe = await setUpVerifier({ algorithm: "HS256", mode: "jwt-unverified" });

  it("for any text", async () => {
    const segment = fc.oneof(
      fc.base64String(),
      fc.string({ unit: "binary" }),
      fc.json().map((text) => btoa(encodeURIComponent(text))),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(segment, { maxLength: 6 }).map((parts) => parts.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect((await verify(token)).ok).toBe(false);
        await unsafe.verify(token);
      }),
      { numRuns: 1_000 },
    );
  });

  it("for any header and payload that are signed", async () => {
    const claims = fc.dictionary(
      fc.constantFrom(
        "alg",
        "typ",
        "kid",
        "crit",
        "b64",
        "jwk",
        "exp",
        "nbf",
        "iat",
        "aud",
        "iss",
        "sub",
        "jti",
        "scopes",
        "scope",
        "session_id",
        "__proto__",
        "constructor",
      ),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(claims, claims, async (header, payload) => {
        for (const { verify: run } of [{ verify }, unsafe]) {
          expect(
            typeof (
              await run(
                await signToken({ ...withClaims(good, payload), header: { ...good.header, ...header } }),
              )
            ).ok,
          ).toBe("boolean");
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("for claims nested as deeply as a token can hold", async () => {
    const nested = `"nested":${"[".repeat(5_900)}${"]".repeat(5_900)}`;
    const payload = JSON.stringify(good.payload).replace("{", `{${nested},`);
    const token = await signSegments(encodeSegment(good.header), encodeSegment(payload), good.key.sign);
    expect(await verify(token)).toMatchObject({ ok: true });
  });
});

it("two tokens never share an identity through the cache", async () => {
  const { key, clock, verify, verifier } = await setUpVerifier({ algorithm: "HS256", cacheEntries: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("alice", "bob", "carol", "dave", "erin", "frank", "grace"), { maxLength: 30 }),
      async (subjects) => {
        for (const subject of subjects) {
          const result = await verify(
            await signToken(goodToken({ key, now: clock.now(), subject, scopes: [`agents:${subject}:run`] })),
          );
          expect(result).toMatchObject({
            ok: true,
            value: { userId: subject, scopes: [`agents:${subject}:run`] },
          });
        }
      },
    ),
    { numRuns: 50 },
  );
  verifier.clear();
});
