import { REFUSALS } from "@agentos/contract";
import {
  badTokensFor,
  createTestKey,
  goodToken,
  makeTwin,
  signToken,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { parseVerificationKey } from "../keys/set/parse-key.ts";
import type { KnownPolicy } from "../policy/policy.ts";
import { checkToken } from "./check-token.ts";

const now = 1_800_000_000;
const policy: KnownPolicy = { tokens: [{ audience: ["agent-os"], issuer: "https://issuer.test" }] };
const key = await createTestKey("ES256", { kid: "k1" });
const { keys } = await parseVerificationKey(JSON.stringify(key.jwk), { source: "test", index: 0 });
const good = goodToken({ key, now });
const inspect = (token: string, withKeys = true) =>
  checkToken(token, { policy, keys: withKeys ? keys : [], now });
const codes = async (token: string, withKeys = true) =>
  (await inspect(token, withKeys)).objections.map(({ code }) => code);

const rows = badTokensFor({ good, checksIssuer: true });
const made = await Promise.all(rows.map(async (row) => [row.name, row, await row.make(good)] as const));
const cases = made;
const needsKey = (code: keyof typeof REFUSALS) =>
  ["key", "signature"].includes(REFUSALS[code].stage) ||
  ["AUTH_SIGNATURE_MALFORMED", "AUTH_ALGORITHM_MISMATCH"].includes(code);

describe("checkToken", () => {
  it.each(cases)("names first what a server would: %s", async (_, row, token) => {
    expect((await codes(token))[0]).toBe(row.expectedCode);
    expect(await codes(await makeTwin(row, good))).toEqual([]);
  });

  it.each(cases.filter(([, row]) => !needsKey(row.expectedCode)))(
    "says the same without a key, save what needs one: %s",
    async (_, row, token) => {
      expect(await codes(token, false)).toContain(row.expectedCode);
    },
  );

  it("finds everything that is wrong, in the order of the checks", async () => {
    const token = await signToken(
      withClaims(good, {
        exp: now - 60,
        iat: now + 60,
        iss: "https://other.test",
        aud: "other",
        sub: "sa:bot",
      }),
    );
    expect(await codes(token)).toEqual([
      "AUTH_TOKEN_EXPIRED",
      "AUTH_ISSUED_IN_FUTURE",
      "AUTH_ISSUER_MISMATCH",
      "AUTH_AUDIENCE_MISMATCH",
      "AUTH_SUBJECT_RESERVED",
    ]);
  });

  it("looks at the claims of a token whose signature does not hold as well", async () => {
    const stranger = await createTestKey("ES256", { kid: "k1" });
    const token = await signToken(withClaims(goodToken({ key: stranger, now }), { exp: now - 60 }));
    expect(await inspect(token)).toMatchObject({
      signature: "refused",
      objections: [{ code: "AUTH_SIGNATURE_INVALID" }, { code: "AUTH_TOKEN_EXPIRED" }],
    });
  });

  it("says whether the signature was verified, and with which key", async () => {
    const token = await signToken(good);
    expect(await inspect(token)).toMatchObject({
      signature: "verified",
      objections: [],
      keyLabel: keys[0]?.label,
    });
    expect(await inspect(token, false)).toMatchObject({ signature: "not checked", objections: [] });
  });

  it("never takes a token as verified because it was signed by a key that it brings", async () => {
    const stranger = await createTestKey("ES256");
    const token = await signToken(withHeader(goodToken({ key: stranger, now }), { jwk: stranger.jwk }));
    expect(await codes(token)).toEqual(["AUTH_EMBEDDED_KEY_REFUSED"]);
  });
});
