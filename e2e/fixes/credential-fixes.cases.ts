/** Refusals of the credential itself, and the way out that each prints. */
import type { RefusalCode } from "@agentos/contract";
import { encodeSegment, encryptedToken, signToken, withClaims } from "@agentos/testkit";
import type { FixRows } from "./fix-row.ts";
import { callWith, fix, good, jwtOptions, key, SECURITY_KEY, type World, withEnv } from "./world.ts";

type Headers = Readonly<Record<string, string>>;

const JWT = await signToken(good());
/** The usual server, asked with these headers. */
const asked = (headers: Headers, options: World["options"] = jwtOptions()): World => ({
  options,
  call: { path: "/agents", headers },
});
const withHeaders = (world: World, headers: Headers): World => ({
  ...world,
  call: { path: "/agents", headers },
});
const bearer = (value: string): Headers => ({ authorization: `Bearer ${value}` });
const inBoth = jwtOptions({ tokenSource: "both" });
const inCookie = jwtOptions({ tokenSource: "cookie" });
const keyed: World["options"] = { securityKey: SECURITY_KEY };

/** A fix that says to send a JWT where another text came. */
const sendsJwt = (value: string, follows: RegExp) =>
  fix({
    wrong: () => asked(bearer(value)),
    follows,
    apply: (world) => withHeaders(world, bearer(JWT)),
  });
/** A fix that says to change the text of the credential. */
const changes = (spoil: (token: string) => string, follows: RegExp, mend: (sent: string) => string) =>
  fix({
    wrong: () => asked({ authorization: spoil(`Bearer ${JWT}`) }),
    follows,
    apply: (world) =>
      withHeaders(world, { authorization: mend(world.call?.headers?.["authorization"] ?? "") }),
  });

export const credentialFixes = {
  AUTH_HEADER_MISSING: fix({
    wrong: () => asked({}),
    follows: /^send a JWT in the header "([\w-]+): Bearer TOKEN"$/,
    apply: (world, [name = ""]) => withHeaders(world, { [name]: `Bearer ${JWT}` }),
  }),
  AUTH_COOKIE_MISSING: fix({
    wrong: () => asked({}, inCookie),
    follows: /^send a JWT in the cookie "(\w+)"$/,
    apply: (world, [name = ""]) => withHeaders(world, { cookie: `${name}=${JWT}` }),
  }),
  AUTH_TOKEN_MISSING: [
    fix({
      name: "by header",
      wrong: () => asked({}, jwtOptions({ tokenSource: "both", tokenHeaderKey: "X-Token" })),
      follows: /^send a JWT in the header "([\w-]+): Bearer TOKEN" or/,
      apply: (world, [name = ""]) => withHeaders(world, { [name]: `Bearer ${JWT}` }),
    }),
    fix({
      name: "by cookie",
      wrong: () => asked({}, inBoth),
      follows: /or in the cookie "(\w+)"$/,
      apply: (world, [name = ""]) => withHeaders(world, { cookie: `${name}=${JWT}` }),
    }),
  ],
  AUTH_SECURITY_KEY_MISSING: fix({
    wrong: () => asked({}, keyed),
    follows: /^send the security key of this AgentOS in the header "(\w+): Bearer KEY"$/,
    apply: (world, [name = ""]) => withHeaders(world, { [name]: `Bearer ${SECURITY_KEY}` }),
  }),
  AUTH_HEADER_EMPTY: fix({
    wrong: () => asked({ authorization: "Bearer" }),
    follows: /^send a JWT behind "(Bearer )" in the header "(\w+)"/,
    apply: (world, [word = "", name = ""]) => withHeaders(world, { [name]: `${word}${JWT}` }),
  }),
  AUTH_COOKIE_EMPTY: fix({
    wrong: () => asked({ cookie: "access_token=" }, inCookie),
    follows: /^send a JWT as the value of the cookie "(\w+)"$/,
    apply: (world, [name = ""]) => withHeaders(world, { cookie: `${name}=${JWT}` }),
  }),
  AUTH_TOKEN_EMPTY: fix({
    wrong: () => asked({ authorization: "Bearer" }, inBoth),
    follows: /^send a JWT in the header "([\w-]+): Bearer TOKEN" or/,
    apply: (world, [name = ""]) => withHeaders(world, { [name]: `Bearer ${JWT}` }),
  }),
  AUTH_SECURITY_KEY_EMPTY: fix({
    wrong: () => asked({ authorization: "Bearer" }, keyed),
    follows: /^send the security key of this AgentOS behind "(Bearer )" in the header "(\w+)"/,
    apply: (world, [word = "", name = ""]) => withHeaders(world, { [name]: `${word}${SECURITY_KEY}` }),
  }),
  AUTH_CREDENTIAL_REPEATED: fix({
    wrong: () => asked({ authorization: `Bearer ${JWT}, Bearer ${JWT}` }),
    follows: /send the header once, with one credential in it/,
    apply: (world) => withHeaders(world, bearer(JWT)),
  }),
  AUTH_COOKIE_REPEATED: fix({
    wrong: () => asked({ cookie: `access_token=${JWT}; access_token=x` }, inCookie),
    follows: /^send the cookie "(\w+)" once/,
    apply: (world, [name = ""]) => withHeaders(world, { cookie: `${name}=${JWT}` }),
  }),
  AUTH_SCHEME_UNSUPPORTED: [
    fix({
      name: "a JWT",
      wrong: () => asked({ authorization: `Basic ${JWT}` }),
      follows: /^send "([\w-]+): (Bearer )" and behind it the JWT$/,
      apply: (world, [name = "", word = ""]) => withHeaders(world, { [name]: `${word}${JWT}` }),
    }),
    fix({
      name: "the security key",
      wrong: () => asked({ authorization: `Basic ${SECURITY_KEY}` }, keyed),
      follows: /^send "([\w-]+): (Bearer )" and behind it the security key of this AgentOS$/,
      apply: (world, [name = "", word = ""]) => withHeaders(world, { [name]: `${word}${SECURITY_KEY}` }),
    }),
  ],
  AUTH_SCHEME_REPEATED: changes(
    (header) => `Bearer ${header}`,
    /send it once/,
    (sent) => sent.replace("Bearer ", ""),
  ),
  AUTH_SCHEME_SPACE_MISSING: [
    {
      ...changes(
        (header) => header.replace(" ", ": "),
        /write one plain space \(U\+0020\) behind "Bearer", and nothing else before the token/,
        (sent) => sent.replace(": ", " "),
      ),
      name: "a colon",
    },
    {
      ...changes(
        (header) => header.replace(" ", "\u00a0"),
        /write one plain space \(U\+0020\) behind "Bearer", and nothing else before the token/,
        (sent) => sent.replace("\u00a0", " "),
      ),
      name: "a no-break space",
    },
  ],
  AUTH_CREDENTIAL_UNSET: sendsJwt("undefined", /set that variable to a JWT/),
  AUTH_CREDENTIAL_OBJECT: [
    { ...sendsJwt("[object Object]", /send the text of the token itself/), name: "an object" },
    { ...sendsJwt("[object Promise]", /await the token before the header is made of it/), name: "a promise" },
  ],
  AUTH_CREDENTIAL_UNEXPANDED: sendsJwt("$TOKEN", /send the value/),
  AUTH_CREDENTIAL_PLACEHOLDER: sendsJwt("<token>", /put a JWT in its place/),
  AUTH_TOKEN_OPAQUE: sendsJwt("ghp_0123456789", /send a JWT from the issuer whose keys this AgentOS has/),
  AUTH_TOKEN_PASETO: sendsJwt("v4.public.abc", /let the issuer make a JWT instead, and send that/),
  AUTH_SECURITY_KEY_INVALID: fix({
    wrong: () => asked(bearer("another-key"), keyed),
    follows: /send the key that the server was started with, to the letter/,
    apply: (world) => withHeaders(world, bearer(world.options.securityKey ?? "")),
  }),
  AUTH_SECURITY_KEY_QUOTED: fix({
    wrong: () => asked(bearer(`"${SECURITY_KEY}"`), keyed),
    follows: /send it without the quotes/,
    apply: (world) =>
      withHeaders(world, {
        authorization: world.call?.headers?.["authorization"]?.replaceAll('"', "") ?? "",
      }),
  }),
  AUTH_SECURITY_KEY_UNSET: fix({
    wrong: () => asked(bearer("undefined"), keyed),
    follows: /^send the security key of this AgentOS in the header "(\w+): Bearer KEY"$/,
    apply: (world, [name = ""]) => withHeaders(world, { [name]: `Bearer ${SECURITY_KEY}` }),
  }),
  AUTH_TOKEN_NOT_ACCEPTED: [
    fix({
      name: "by the security key",
      wrong: () => asked(bearer(JWT), { env: { OS_SECURITY_KEY: SECURITY_KEY } }),
      follows: /^send the security key instead/,
      apply: (world) => withHeaders(world, bearer(SECURITY_KEY)),
    }),
    fix({
      name: "by JWT authorization",
      wrong: () => asked(bearer(JWT), { env: { OS_SECURITY_KEY: SECURITY_KEY } }),
      follows: /switch JWT authorization on at the server by setting "(\w+)"$/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: key.verificationKey }),
    }),
  ],
  AUTH_SECURITY_KEY_NOT_ACCEPTED: [
    fix({
      name: "by a JWT",
      wrong: () => asked(bearer(SECURITY_KEY), { ...jwtOptions(), securityKey: SECURITY_KEY }),
      follows: /^send a JWT;/,
      apply: (world) => withHeaders(world, bearer(JWT)),
    }),
    fix({
      name: "by the security key alone, all from the environment",
      wrong: () =>
        asked(bearer(SECURITY_KEY), {
          env: { OS_SECURITY_KEY: SECURITY_KEY, JWT_VERIFICATION_KEY: key.verificationKey },
        }),
      follows: /take every JWT key away from the server \("(\w+)", "(\w+)"/,
      apply: (world, [one = "", other = ""]) => withEnv(world, { [one]: undefined, [other]: undefined }),
    }),
    fix({
      name: "by the security key alone, the keys in the configuration",
      wrong: () => asked(bearer(SECURITY_KEY), { ...jwtOptions(), securityKey: SECURITY_KEY }),
      follows: /and the whole "authorization" part of its configuration/,
      apply: ({ options: { authorization: _, authorizationConfig: __, ...options }, ...world }) => ({
        ...world,
        options,
      }),
    }),
  ],
  AUTH_SERVICE_ACCOUNTS_DISABLED: [
    fix({
      name: "where JWTs are read",
      wrong: () => asked(bearer("agno_pat_0123456789")),
      follows: /^send a JWT instead/,
      apply: (world) => withHeaders(world, bearer(JWT)),
    }),
    fix({
      name: "where the security key is read",
      wrong: () => asked(bearer("agno_pat_0123456789"), keyed),
      follows: /^send the security key of this AgentOS instead/,
      apply: (world) => withHeaders(world, bearer(SECURITY_KEY)),
    }),
  ],

  AUTH_TOKEN_TOO_LARGE: fix({
    wrong: async () => asked(bearer(await signToken(withClaims(good(), { note: "x".repeat(20_000) })))),
    follows: /issue a token of at most (\d+) bytes: leave large claims out/,
    apply: async (world, [limit = "0"]) => {
      const token = await signToken(good());
      if (token.length > Number(limit)) throw new Error("still too large");
      return withHeaders(world, bearer(token));
    },
  }),
  AUTH_TOKEN_CHARACTERS_INVALID: changes(
    (header) => `${header},`,
    /copy the token again, without it/,
    (sent) => sent.replace(",", ""),
  ),
  AUTH_TOKEN_QUOTED: changes(
    (header) => `${header.replace(" ", ' "')}"`,
    /remove the quotes/,
    (sent) => sent.replaceAll('"', ""),
  ),
  AUTH_TOKEN_SPACED: changes(
    (header) => `${header.slice(0, 30)} ${header.slice(30)}`,
    /take it out of the token/,
    (sent) => `${sent.slice(0, 30)}${sent.slice(31)}`,
  ),
  AUTH_TOKEN_MALFORMED: sendsJwt("some-text", /send the JWT of your issuer, copied whole/),
  AUTH_TOKEN_ENCRYPTED: fix({
    wrong: async () => ({ options: jwtOptions(), call: callWith(await encryptedToken(good())) }),
    follows: /let the issuer sign the access token instead of encrypting it/,
    apply: (world) => withHeaders(world, bearer(JWT)),
  }),
  AUTH_TOKEN_HEADER_INVALID: fix({
    wrong: () => asked(bearer(JWT.slice(5))),
    follows: /copy the whole token again, from its first character: every JWT begins with "(\w+)"/,
    apply: (world, [start = ""]) => {
      if (!JWT.startsWith(start)) throw new Error("this one does not");
      return withHeaders(world, bearer(JWT));
    },
  }),
  AUTH_PAYLOAD_DAMAGED: fix({
    wrong: () => {
      const [header, , signature] = JWT.split(".");
      return asked(bearer(`${header}.${encodeSegment("x").slice(1)}.${signature}`));
    },
    follows: /copy the whole token again/,
    apply: (world) => withHeaders(world, bearer(JWT)),
  }),
} satisfies Partial<FixRows<RefusalCode>>;
