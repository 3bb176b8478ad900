// LENGTH: one table; its rows are read side by side.
/** Refusals of a token from its header on, and the way out that each prints. */
import type { RefusalCode } from "@agentos/contract";
import {
  type Claims,
  createTestKey,
  damageSignature,
  embeddedKeyToken,
  encodeSegment,
  goodToken,
  signSegments,
  signToken,
  unsignedToken,
  withHeader,
} from "@agentos/testkit";
import { vi } from "vitest";
import { emptiedKeys } from "./emptied-keys.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import {
  callSigned,
  callWith,
  fix,
  good,
  ID,
  jwtOptions,
  key,
  now,
  otherKey,
  secret,
  type World,
  withConfig,
} from "./world.ts";

const asked = async (token: string | Promise<string>, config: Parameters<typeof jwtOptions>[0] = {}) => ({
  options: jwtOptions(config),
  call: callWith(await token),
});
const renewed = async (world: World, claims: Claims = {}, header: Claims = {}): Promise<World> => ({
  ...world,
  call: callWith(await signToken(withHeader(good(claims), header))),
});
/** A token with other claims, or another header, whose issuer does what the fix says. */
const reissued = (
  wrong: { readonly claims?: Claims; readonly header?: Claims; readonly config?: object },
  follows: RegExp,
  mended: (groups: readonly string[]) => { readonly claims?: Claims; readonly header?: Claims } = () => ({}),
) =>
  fix({
    wrong: () => asked(signToken(withHeader(good(wrong.claims), wrong.header ?? {})), wrong.config),
    follows,
    apply: (world, groups) => {
      const { claims, header } = mended(groups);
      return renewed(world, claims, header);
    },
  });
/** An issuer whose clock is ahead by so many seconds; each token is valid from its issue on, for an hour. */
const issuedByClock = (name: string, ahead: number, follows: RegExp): FixRow => {
  const issue = async (offset: number): Promise<World> => {
    const moment = now() + offset;
    return asked(signToken(good({ iat: moment, nbf: moment, exp: moment + 3_600 })));
  };
  return fix({ name, wrong: () => issue(ahead), follows, apply: () => issue(0) });
};
const named = (name: string, row: FixRow): FixRow => ({ ...row, name });

const ISSUER = "https://issuer.test";
const OTHER_ISSUER = "https://other.test";
const trusted = { issuer: ISSUER, verificationKeys: [key.verificationKey] };
const other = { issuer: OTHER_ISSUER, name: "other", verificationKeys: [otherKey.verificationKey] };
const OTHER_TOKEN = goodToken({ key: otherKey, now: now(), issuer: OTHER_ISSUER });
const several = (config: object = {}): World["options"] => ({
  authorization: true,
  authorizationConfig: { issuers: [trusted, other], ...config },
});
/** Two keys with a name each. */
const twoKeys = { verificationKeys: [JSON.stringify(key.jwk), JSON.stringify(otherKey.jwk)] };

export const authFixes = {
  AUTH_ALGORITHM_NONE: fix({
    wrong: () => asked(unsignedToken(good())),
    follows: /^sign the token with RS256$/,
    apply: (world) => renewed(world),
  }),
  AUTH_ALGORITHM_UNSUPPORTED: [
    named("unknown", reissued({ header: { alg: "XS256" } }, /^sign the token with RS256$/)),
    named("in other letters", reissued({ header: { alg: "rs256" } }, /^sign the token with RS256$/)),
    named("none", reissued({ header: { alg: undefined } }, /^sign the token with RS256$/)),
  ],
  AUTH_ALGORITHM_MISMATCH: [
    fix({
      name: "by the token",
      wrong: () => asked(signToken(goodToken({ key: secret, now: now() }))),
      follows: /^sign the token with RS256,/,
      apply: (world) => renewed(world),
    }),
    fix({
      name: "by the server",
      wrong: () => asked(signToken(goodToken({ key: secret, now: now() }))),
      follows: /set "(algorithm)" to (\w+) on the server together with a key of that kind$/,
      apply: (world, [option = "", algorithm = ""]) =>
        withConfig(world, { [option]: algorithm, verificationKeys: [secret.verificationKey] }),
    }),
  ],
  AUTH_HEADER_CRITICAL: [
    named(
      "crit",
      reissued({ header: { crit: ["x"], x: 1 } }, /^let the issuer leave "(\w+)" out/, ([name = ""]) => ({
        header: { [name]: undefined, x: 1 },
      })),
    ),
    named(
      "b64",
      reissued({ header: { b64: false } }, /^let the issuer leave "(\w+)" out/, ([name = ""]) => ({
        header: { [name]: undefined },
      })),
    ),
  ],
  AUTH_TOKEN_TYPE_REFUSED: [
    named(
      "with a type",
      reissued(
        { header: { typ: "dpop+jwt" } },
        /the "(typ)" in its header is "JWT" or "([\w+]+)"/,
        (groups) => ({
          header: { [groups[0] ?? ""]: groups[1] },
        }),
      ),
    ),
    named(
      "without",
      reissued(
        { header: { typ: "logout+jwt" } },
        /the "(typ)" in its header.* or it has none$/,
        ([name = ""]) => ({
          header: { [name]: undefined },
        }),
      ),
    ),
  ],
  AUTH_KEY_ID_INVALID: reissued(
    { header: { kid: 2026 } },
    /let the issuer write "kid" as a text, with quotes/,
    () => ({
      header: { kid: "2026" },
    }),
  ),
  AUTH_KEY_UNKNOWN: [
    fix({
      name: "by another token",
      wrong: () =>
        asked(signToken(goodToken({ key: otherKey, now: now() })), {
          verificationKeys: [JSON.stringify(key.jwk)],
        }),
      follows: /get a token from the issuer whose keys this AgentOS has/,
      apply: (world) => renewed(world),
    }),
    fix({
      name: "by another key",
      wrong: () =>
        asked(signToken(goodToken({ key: otherKey, now: now() })), {
          verificationKeys: [JSON.stringify(key.jwk)],
        }),
      follows: /or give this AgentOS the current key of the issuer$/,
      apply: (world) => withConfig(world, twoKeys),
    }),
  ],
  AUTH_KEY_ID_MISSING: reissued(
    { header: { kid: undefined }, config: twoKeys },
    /let the issuer write the "(kid)" of its key into the header of the token, as it stands beside that key/,
    ([name = ""]) => ({ header: { [name]: key.jwk.kid } }),
  ),
  AUTH_ISSUER_UNNAMED: fix({
    wrong: async () => ({ options: several(), call: await callSigned(good({ iss: undefined })) }),
    follows: /let the issuer write its own identifier into "(iss)"/,
    apply: (world, [claim = ""]) => renewed(world, { [claim]: ISSUER }),
  }),
  AUTH_ISSUER_UNKNOWN: [
    fix({
      name: "by another token",
      wrong: async () => ({ options: several(), call: await callSigned(good({ iss: "https://new.test" })) }),
      follows: /^get a token from a trusted issuer/,
      apply: (world) => renewed(world, { iss: ISSUER }),
    }),
    fix({
      name: "by trusting it",
      wrong: async () => ({
        options: several({ issuers: [trusted] }),
        call: await callSigned(OTHER_TOKEN),
      }),
      follows: /trust this one on the server: add it under "(issuers)"/,
      apply: (world, [option = ""]) => withConfig(world, { [option]: [trusted, other] }),
    }),
    fix({
      name: "that is spelt otherwise",
      wrong: async () => ({
        options: several({ issuers: [{ ...trusted, issuer: `${ISSUER}/` }, other] }),
        call: await callSigned(good()),
      }),
      follows: /"iss" is compared to the letter, final slash included$/,
      apply: (world) => withConfig(world, { issuers: [trusted, other] }),
    }),
    fix({
      name: "of the keys outside the list",
      wrong: async () => ({
        options: {
          authorization: true,
          authorizationConfig: { verificationKeys: [key.verificationKey], issuers: [other] },
        },
        call: await callSigned(good()),
      }),
      follows:
        /if the keys outside "issuers" sign its tokens, set "authorizationConfig\.(\w+)" to this "iss"/,
      apply: (world, [option = ""]) => withConfig(world, { [option]: ISSUER }),
    }),
  ],
  AUTH_KEYS_UNAVAILABLE: emptiedKeys,
  AUTH_EMBEDDED_KEY_REFUSED: fix({
    wrong: () => asked(embeddedKeyToken(good(), ({ jwk }) => ({ jwk }))),
    follows: /sign with the key that this AgentOS has/,
    apply: (world) => renewed(world),
  }),
  AUTH_SIGNATURE_MALFORMED: fix({
    wrong: async () => asked((await signToken(good())).slice(0, -4)),
    follows: /copy the whole token again, up to its last character/,
    apply: (world) => renewed(world),
  }),
  AUTH_SIGNATURE_INVALID: [
    fix({
      name: "by another key",
      wrong: () => asked(signToken({ ...good(), key: otherKey })),
      follows: /sign with the private key \(or secret\) that belongs to the verification key of this AgentOS/,
      apply: (world) => renewed(world),
    }),
    fix({
      name: "by a key of another size",
      wrong: async () => {
        const larger = await createTestKey(key.algorithm, { modulusLength: 3072 });
        return asked(signToken({ ...good(), key: larger }));
      },
      follows: /sign with the private key/,
      apply: (world) => renewed(world),
    }),
    fix({
      name: "damaged",
      wrong: async () => asked(damageSignature(await signToken(good()))),
      follows: /sign with the private key/,
      apply: (world) => renewed(world),
    }),
  ],

  AUTH_PAYLOAD_INVALID: fix({
    wrong: () => asked(signSegments(encodeSegment(good().header), encodeSegment([1]), key.sign)),
    follows: /let the issuer sign a JSON object of claims/,
    apply: (world) => renewed(world),
  }),
  AUTH_JWT_ID_INVALID: reissued(
    { claims: { jti: 7 } },
    /let the issuer write "(jti)" as a text of at most 256 characters, with quotes/,
    ([claim = ""]) => ({
      claims: { [claim]: "7" },
    }),
  ),
  AUTH_SIGN_IN_ID_INVALID: [
    reissued(
      { claims: { sid: 5 } },
      /let the issuer write "(sid)" as a text of at most 256 characters, with quotes/,
      ([claim = ""]) => ({ claims: { [claim]: "5" } }),
    ),
    reissued(
      { claims: { sid: "x".repeat(257) } },
      /let the issuer write "(sid)" .* or leave it out; then get a new token/,
      ([claim = ""]) => ({ claims: { [claim]: undefined } }),
    ),
  ],
  AUTH_EXPIRATION_MISSING: reissued(
    { claims: { exp: undefined } },
    /let the issuer set "(exp)" \(seconds since 1970\), best to an hour or less from now; then get a new token/,
    ([claim = ""]) => ({ claims: { [claim]: now() + 3_600 } }),
  ),
  AUTH_EXPIRATION_INVALID: reissued(
    { claims: { exp: String(now() + 60) } },
    /let the issuer write "(exp)" as a number of seconds since 1970, without quotes; then get a new token/,
    ([claim = ""]) => ({ claims: { [claim]: now() + 60 } }),
  ),
  AUTH_EXPIRATION_IN_MILLISECONDS: reissued(
    { claims: { exp: (now() + 60) * 1_000 } },
    /let the issuer write "(exp)" in seconds since 1970 \(in JavaScript: Math\.floor\(Date\.now\(\) \/ 1000\) \+ 3600\)/,
    ([claim = ""]) => ({ claims: { [claim]: Math.floor(Date.now() / 1000) + 3600 } }),
  ),
  AUTH_TOKEN_EXPIRED: [
    named("long ago", reissued({ claims: { iat: 1_000, exp: 2_000 } }, /get a new token/)),
    issuedByClock(
      "just issued, by the clock of the issuer",
      -7_200,
      /if it was just issued, set the clocks of issuer and server to (the same time) first/,
    ),
  ],
  AUTH_NOT_BEFORE_INVALID: reissued(
    { claims: { nbf: String(now()) } },
    /let the issuer write "(nbf)" as a number of seconds since 1970, without quotes/,
    ([claim = ""]) => ({ claims: { [claim]: now() } }),
  ),
  AUTH_TOKEN_NOT_YET_VALID: [
    fix({
      name: "by waiting",
      wrong: () => asked(signToken(good({ nbf: now() + 1_000 }))),
      follows: /^wait until its "nbf"/,
      apply: (world) => ({
        ...world,
        async prepare() {
          vi.useFakeTimers({ toFake: ["Date"] });
          vi.setSystemTime(Date.now() + 1_000_000);
          return () => void vi.useRealTimers();
        },
      }),
    }),
    named(
      "by the issuer",
      reissued(
        { claims: { nbf: now() + 1_000 } },
        /let the issuer set "(nbf)" to the moment of issue/,
        ([claim = ""]) => ({ claims: { [claim]: now() } }),
      ),
    ),
    issuedByClock(
      "by the clocks",
      7_200,
      /if it does so already, set the clocks of issuer and server to (the same time), then get a new token/,
    ),
  ],
  AUTH_ISSUED_AT_INVALID: reissued(
    { claims: { iat: String(now()) } },
    /let the issuer write "(iat)" as a number of seconds since 1970, without quotes/,
    ([claim = ""]) => ({ claims: { [claim]: now() } }),
  ),
  AUTH_ISSUED_IN_FUTURE: reissued(
    { claims: { iat: now() + 1_000 } },
    /set the clocks of issuer and server to the same time, then get a new token/,
    () => ({ claims: { iat: now() } }),
  ),
  AUTH_LIFETIME_EXCEEDED: reissued(
    { claims: { exp: now() + 200_000 } },
    /issue tokens that live at most (\d+) hours/,
    ([hours = ""]) => ({ claims: { exp: now() + Number(hours) * 3_600 } }),
  ),
  AUTH_ISSUER_MISSING: reissued(
    { claims: { iss: undefined }, config: { issuer: ISSUER } },
    /let the issuer write its own identifier into "(iss)"/,
    ([claim = ""]) => ({ claims: { [claim]: ISSUER } }),
  ),
  AUTH_ISSUER_MISMATCH: [
    named(
      "by another token",
      reissued(
        { claims: { iss: OTHER_ISSUER }, config: { issuer: ISSUER } },
        /^get a token from the trusted issuer/,
      ),
    ),
    fix({
      name: "by the server",
      wrong: () => asked(signToken(good()), { issuer: `${ISSUER}/` }),
      follows: /correct "(issuer)" on the server; it is compared to the letter, final slash included/,
      apply: (world, [option = ""]) => withConfig(world, { [option]: ISSUER }),
    }),
  ],
  AUTH_AUDIENCE_MISSING: [
    named(
      "by the token",
      reissued(
        { claims: { aud: undefined } },
        /^issue the token with "(\w+)" set to the id of this AgentOS \(the "os_id" of GET \/info\)$/,
        ([claim = ""]) => ({ claims: { [claim]: ID } }),
      ),
    ),
    fix({
      name: "that stands elsewhere, by the operator",
      place: "record",
      wrong: () => asked(signToken(good({ aud: undefined, client_id: ID }))),
      follows: /set "(audienceClaim)" to "(\w+)" on the server/,
      apply: (world, [option = "", claim = ""]) => withConfig(world, { [option]: claim }),
    }),
    fix({
      name: "that stands elsewhere, by the issuer",
      place: "answer",
      wrong: () => asked(signToken(good({ aud: undefined, azp: ID }))),
      follows:
        /^issue the token with "(\w+)" set to the id of this AgentOS .*which the token has under "(\w+)" only/,
      apply: (world, [claim = ""]) => renewed(world, { azp: ID, [claim]: ID }),
    }),
  ],
  AUTH_AUDIENCE_MISMATCH: [
    named(
      "by the token",
      reissued(
        { claims: { aud: "another-os" } },
        /^issue the token with "(\w+)" set to the id of this AgentOS/,
        ([claim = ""]) => ({ claims: { [claim]: ID } }),
      ),
    ),
    fix({
      name: "by the server",
      wrong: () => asked(signToken(good({ aud: "another-os" }))),
      follows: /where this audience is meant, add it to "(audience)" on the server$/,
      apply: (world, [option = ""]) => withConfig(world, { [option]: [ID, "another-os"] }),
    }),
    fix({
      name: "that stands elsewhere, by the operator",
      place: "record",
      wrong: () => asked(signToken(good({ aud: "account", azp: ID }))),
      follows: /set "(audienceClaim)" to "(\w+)" on the server/,
      apply: (world, [option = "", claim = ""]) => withConfig(world, { [option]: claim }),
    }),
  ],
  AUTH_ID_TOKEN_REFUSED: reissued(
    { claims: { token_use: "id" } },
    /send the access token that your issuer gave together with it/,
    () => ({ claims: { token_use: "access" } }),
  ),
  AUTH_REFRESH_TOKEN_REFUSED: reissued(
    { claims: { typ: "Refresh" } },
    /send the access token that your issuer gave together with it/,
    () => ({ claims: { typ: "Bearer" } }),
  ),
  AUTH_LOGOUT_TOKEN_REFUSED: reissued(
    { claims: { events: { "http://schemas.openid.net/event/backchannel-logout": {} } } },
    /send an access token of your issuer/,
  ),
  AUTH_EVENT_TOKEN_REFUSED: reissued({ claims: { events: {} } }, /send an access token of your issuer/),
  AUTH_TOKEN_KIND_REFUSED: reissued(
    { claims: { typ: "verify-email" } },
    /send an access token of your issuer: its "(typ)" is "(\w+)"/,
    ([claim = "", kind = ""]) => ({ claims: { [claim]: kind } }),
  ),
  AUTH_TOKEN_BOUND: reissued(
    { claims: { cnf: { jkt: "x" } } },
    /ask the issuer for a token without "(cnf)"/,
    ([claim = ""]) => ({ claims: { [claim]: undefined } }),
  ),
  AUTH_SUBJECT_INVALID: reissued(
    { claims: { sub: 7 } },
    /let the issuer write "(sub)" as a text of at most 256 characters, without control characters/,
    ([claim = ""]) => ({ claims: { [claim]: "7" } }),
  ),
  AUTH_SUBJECT_RESERVED: reissued(
    { claims: { sub: "sa:bot" } },
    /issue the token for another user id/,
    () => ({
      claims: { sub: "bot" },
    }),
  ),
  AUTH_SUBJECT_FOREIGN: [
    fix({
      name: "by the issuer",
      wrong: async () => ({
        options: several({ issuers: [trusted, { ...other, subjectPrefix: "other|" }] }),
        call: await callSigned(good({ sub: "other|bob" })),
      }),
      follows: /let this issuer use other user ids/,
      apply: (world) => renewed(world, { sub: "bob" }),
    }),
    fix({
      name: "by the server",
      wrong: async () => ({
        options: several({ issuers: [trusted, { ...other, subjectPrefix: "other|" }] }),
        call: await callSigned(good({ sub: "other|bob" })),
      }),
      follows: /give the issuer that was added last a "(subjectPrefix)" on the server/,
      apply: (world, [option = ""]) =>
        withConfig(world, { issuers: [trusted, { ...other, [option]: "second|" }] }),
    }),
  ],
  // Each row keeps its own kind of world.
} satisfies Partial<FixRows<RefusalCode>>;
