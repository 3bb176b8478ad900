// LENGTH: one table; its rows are read side by side.
/** Faults of a key that is configured as a value, and the way out that each prints. */
import { checkPrimeSync, generateKeyPairSync, randomBytes } from "node:crypto";
import type { FaultCode } from "@agentos/contract";
import type { FixRows } from "./fix-row.ts";
import {
  answer,
  callWithKey,
  giveValues,
  goodSet,
  listen,
  makeFolder,
  makePair,
  makeSecret,
  pemSigner,
  run,
  secretSigner,
  withValues,
} from "./key-tools.ts";
import { fix, jwtOptions, key, otherKey, type World, withConfig } from "./world.ts";

const pem = key.verificationKey;
const HS256 = { algorithm: "HS256" } as const;
const secretText = randomBytes(40).toString("base64url");
const pairOf = (modulusLength: number) =>
  generateKeyPairSync("rsa", {
    modulusLength,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const spki = (publicKey: { export: (options: { type: "spki"; format: "pem" }) => string | Buffer }) =>
  publicKey.export({ type: "spki", format: "pem" }).toString();
const toN = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(512, "0"), "hex").toString("base64url");
const modulus = BigInt(`0x${Buffer.from(String(key.jwk["n"]), "base64url").toString("hex")}`);
const toJwk = (more: object) => JSON.stringify({ kty: "RSA", n: key.jwk["n"], e: "AQAB", ...more });
const copyAgain = (world: World) => giveValues(world, pem);

/** A pair whose PEM has a plus. */
function findPlus(): ReturnType<typeof pairOf> {
  for (;;) {
    const pair = pairOf(2048);
    if (pair.publicKey.replace(/-----.*/g, "").includes("+")) return pair;
  }
}
const plus = findPlus();

/** The modulus of two primes as Infineon's library made them, of the first 126 primes. */
function makeRocaModulus(): bigint {
  const primes: bigint[] = [];
  for (let number = 2n; primes.length < 126; number += 1n)
    if (primes.every((prime) => number % prime !== 0n)) primes.push(number);
  const product = primes.reduce((all, prime) => all * prime, 1n);
  const factor = (): bigint => {
    let power = 1n;
    for (let step = 0; step < 200 + (randomBytes(1)[0] ?? 0); step += 1) power = (power * 65_537n) % product;
    for (let k = (3n << 1022n) / product + BigInt(`0x${randomBytes(4).toString("hex")}`); ; k += 1n)
      if (checkPrimeSync(k * product + power)) return k * product + power;
  };
  return factor() * factor();
}

const wire = (text: string | Uint8Array) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
};
/** As `ssh-keygen -t ed25519` writes it. */
const SSH_ED25519 = `ssh-ed25519 ${Buffer.concat([wire("ssh-ed25519"), wire(randomBytes(32))]).toString("base64")} me@host`;

export const keyValueFixes = {
  KEY_EMPTY: fix({
    wrong: () => withValues('""'),
    follows: /set it to a public key in PEM/,
    apply: copyAgain,
  }),
  KEY_TOO_LARGE: [
    fix({
      name: "many keys",
      wrong: () => withValues(pem.repeat(200)),
      follows: /give one public key in PEM/,
      apply: copyAgain,
    }),
    fix({
      name: "white space",
      wrong: () => withValues(pem.padEnd(70_000)),
      follows: /^remove the white space around it$/,
      apply: (world) => {
        const [value = ""] = world.options.authorizationConfig?.verificationKeys ?? [];
        return giveValues(world, value.trim());
      },
    }),
  ],
  KEY_UNREADABLE: fix({
    wrong: () => withValues(pem.replace("MII", "M*I")),
    follows: /copy it again from its source as PEM; "(.+? keys env) FILE"/,
    apply: (world, [command = ""]) => {
      const line = run(`${command} public.pem`, makeFolder({ "public.pem": pem }));
      const value = /^JWT_VERIFICATION_KEY=(.*)/.exec(line)?.[1] ?? "";
      return giveValues(world, value);
    },
  }),
  KEY_TRUNCATED: fix({
    wrong: () => withValues(pem.slice(0, 200)),
    follows: /copy the whole value again/,
    apply: copyAgain,
  }),
  KEY_BODY_MISSING: fix({
    wrong: () => withValues(pem.split("\n")[0] ?? ""),
    follows: /copy the whole value again/,
    apply: copyAgain,
  }),
  KEY_PLUS_LOST: fix({
    wrong: async () => ({
      ...withValues(plus.publicKey.replaceAll("+", " ")),
      call: await callWithKey(pemSigner(plus.privateKey)),
    }),
    follows: /copy it again from its source/,
    apply: (world) => giveValues(world, plus.publicKey),
  }),
  KEY_BINARY: fix({
    wrong: () => withValues(Buffer.from(pem.replace(/-----.*|\n/g, ""), "base64").toString("utf8")),
    follows: /turn it into PEM with "(openssl [^"]+)"/,
    apply: (world, [command = ""]) => {
      const der = Buffer.from(pem.replace(/-----.*|\n/g, ""), "base64");
      return giveValues(world, run(command, makeFolder({ "key.der": der })));
    },
  }),
  KEY_PLACEHOLDER: [
    fix({
      name: "the person's own key",
      wrong: () => withValues("<your-public-key>"),
      follows: /put your own public key there/,
      apply: copyAgain,
    }),
    fix({
      name: "a new pair",
      wrong: () => withValues("<your-public-key>"),
      follows: /make one with "([^"]+)"/,
      apply: (world, [command = ""]) => makePair(world, command),
    }),
  ],
  KEY_SEVERAL_IN_ONE_VALUE: fix({
    wrong: () => withValues(pem + otherKey.verificationKey),
    follows: /give each key its own entry in "verificationKeys"/,
    apply: (world) => giveValues(world, pem, otherKey.verificationKey),
  }),
  KEY_PRIVATE: fix({
    wrong: async () => {
      const pair = pairOf(2048);
      return { ...withValues(pair.privateKey), call: await callWithKey(pemSigner(pair.privateKey)) };
    },
    follows: /make a new key pair.*give the public half \("(openssl [^"]+)"/,
    apply: async (world, [command = ""]) => {
      const { privateKey } = pairOf(2048);
      const publicHalf = run(command, makeFolder({ "private.pem": privateKey }));
      return { ...giveValues(world, publicHalf), call: await callWithKey(pemSigner(privateKey)) };
    },
  }),
  KEY_ENCRYPTED: fix({
    wrong: async () => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const plain = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const encrypted = privateKey
        .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "pass" })
        .toString();
      return { ...withValues(encrypted), call: await callWithKey(pemSigner(plain)) };
    },
    follows: /derive the public half with "(openssl [^"]+)" \(it asks for the passphrase\)/,
    apply: (world, [command = ""]) => {
      const [encrypted = ""] = world.options.authorizationConfig?.verificationKeys ?? [];
      return giveValues(world, run(`${command} -passin pass:pass`, makeFolder({ "private.pem": encrypted })));
    },
  }),
  KEY_CERTIFICATE: fix({
    wrong: async () => {
      const pair = pairOf(2048);
      const folder = makeFolder({ "key.pem": pair.privateKey });
      run("openssl req -new -x509 -key key.pem -subj /CN=test -days 1 -out cert.pem", folder);
      const cert = run("cat cert.pem", folder);
      return { ...withValues(cert), call: await callWithKey(pemSigner(pair.privateKey)) };
    },
    follows: /take the key out with "(openssl [^"]+)"/,
    apply: (world, [command = ""]) => {
      const [cert = ""] = world.options.authorizationConfig?.verificationKeys ?? [];
      return giveValues(world, run(command, makeFolder({ "cert.pem": cert })));
    },
  }),
  KEY_CERTIFICATE_REQUEST: fix({
    wrong: async () => {
      const pair = pairOf(2048);
      const folder = makeFolder({ "key.pem": pair.privateKey });
      run("openssl req -new -key key.pem -subj /CN=test -out request.pem", folder);
      const request = run("cat request.pem", folder);
      return { ...withValues(request), call: await callWithKey(pemSigner(pair.privateKey)) };
    },
    follows: /take the key out with "(openssl [^"]+)"/,
    apply: (world, [command = ""]) => {
      const [request = ""] = world.options.authorizationConfig?.verificationKeys ?? [];
      return giveValues(world, run(command, makeFolder({ "request.pem": request })));
    },
  }),
  KEY_FILE_PATH: [
    fix({
      name: "in an option",
      wrong: () => withValues("/etc/keys/public.pem"),
      follows: /give the content of the file/,
      apply: copyAgain,
    }),
    fix({
      name: "in a variable",
      wrong: () => ({
        options: { authorization: true, env: { JWT_VERIFICATION_KEY: "file:/etc/keys/public.pem" } },
      }),
      follows: /^give the content of the file: (JWT_VERIFICATION_KEY)="\$\((cat) FILE\)"$/,
      apply: (world, [variable = "", command = ""]) => {
        const value = run(`${command} public.pem`, makeFolder({ "public.pem": pem }));
        return { ...world, options: { ...world.options, env: { [variable]: value } } };
      },
    }),
  ],
  KEY_URL: fix({
    wrong: async () => withValues(await listen(answer(goodSet))),
    follows: /the address of a JWKS belongs in "(\w+)".*"authorizationConfig" in code/,
    apply: (world, [option = ""]) => {
      const [address] = world.options.authorizationConfig?.verificationKeys ?? [];
      return withConfig(world, { verificationKeys: undefined, [option]: address });
    },
  }),
  KEY_OPENSSH: fix({
    wrong: async () => {
      const pair = pairOf(2048);
      const folder = makeFolder({ "public.pem": pair.publicKey });
      const line = run("ssh-keygen -i -m PKCS8 -f public.pem", folder);
      return { ...withValues(line), call: await callWithKey(pemSigner(pair.privateKey)) };
    },
    follows: /convert it with "(ssh-keygen [^"]+)"/,
    apply: (world, [command = ""]) => {
      const [line = ""] = world.options.authorizationConfig?.verificationKeys ?? [];
      return giveValues(world, run(command, makeFolder({ "key.pub": line })));
    },
  }),
  KEY_TYPE_UNSUPPORTED: fix({
    wrong: () =>
      withValues(spki(generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }).publicKey)),
    follows: /use an RSA key of 2048 bits or more/,
    apply: copyAgain,
  }),
  KEY_CURVE_UNSUPPORTED: fix({
    wrong: () => withValues(spki(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey)),
    follows: /use P-256 \(ES256\)/,
    apply: async (world) => {
      const { createTestKey } = await import("@agentos/testkit");
      const ec = await createTestKey("ES256");
      return { ...giveValues(world, ec.verificationKey), call: await callWithKey(ec) };
    },
  }),
  KEY_POINT_INVALID: fix({
    wrong: () => {
      const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
      return withValues(JSON.stringify({ kty: "EC", crv: "P-256", x: y, y: x }));
    },
    follows: /export the public key again from its source/,
    apply: copyAgain,
  }),
  KEY_OPENSSH_TYPE: fix({
    wrong: () => withValues(SSH_ED25519),
    follows: /make a new key pair with "([^"]+)", sign with its private half, and give the public one here/,
    apply: (world, [command = ""]) => makePair(world, command),
  }),
  KEY_WEAK_RSA: fix({
    wrong: () => withValues(pairOf(1024).publicKey),
    follows: /with "([^"]+)", sign with its private half, and give the public one here/,
    apply: (world, [command = ""]) => makePair(world, command),
  }),
  KEY_RSA_TOO_LARGE: fix({
    wrong: () => withValues(toJwk({ n: Buffer.alloc(2_056, 0xff).toString("base64url") })),
    follows: /use an RSA key of 2048 to 4096 bits/,
    apply: copyAgain,
  }),
  KEY_RSA_EXPONENT: fix({
    wrong: () => withValues(toJwk({ e: "AQ" })),
    follows:
      /make a new key pair with "([^"]+)".*, sign with its private half,(?: and)? give the public one here/,
    apply: (world, [command = ""]) => makePair(world, command),
  }),
  KEY_RSA_MODULUS: [
    fix({
      name: "copied again",
      wrong: () => withValues(toJwk({ n: toN(modulus - 1n) })),
      follows: /copy the public key again from its source/,
      apply: copyAgain,
    }),
    fix({
      name: "a new pair",
      wrong: () => withValues(toJwk({ n: toN(modulus - (modulus % 30_030n) + 15n) })),
      follows:
        /make a new key pair with "([^"]+)".*, sign with its private half,(?: and)? give the public one here/,
      apply: (world, [command = ""]) => makePair(world, command),
    }),
  ],
  KEY_RSA_ROCA: fix({
    wrong: () => withValues(toJwk({ n: toN(makeRocaModulus()) })),
    follows:
      /make a new key pair with "([^"]+)".*, sign with its private half,(?: and)? give the public one here/,
    apply: (world, [command = ""]) => makePair(world, command),
  }),
  KEY_SECRET_SHORT: fix({
    wrong: async () => ({
      options: jwtOptions({ verificationKeys: ["k9-tRw3z_Qp7vXe2mYb8s"], ...HS256 }),
      call: await callWithKey(secretSigner("k9-tRw3z_Qp7vXe2mYb8s")),
    }),
    follows: /make one with "(openssl rand [^"]+)" and use the text that it prints/,
    apply: (world, [command = ""]) => makeSecret(world, command),
  }),
  KEY_SECRET_LISTED: fix({
    wrong: () => ({
      options: jwtOptions({ verificationKeys: ["a-string-secret-at-least-256-bits-long"], ...HS256 }),
    }),
    follows: /make one with "(openssl rand [^"]+)" and use the text that it prints/,
    apply: (world, [command = ""]) => makeSecret(world, command),
  }),
  KEY_SECRET_BYTES_LOST: fix({
    wrong: () => ({ options: jwtOptions({ verificationKeys: [`\uFFFD${secretText}`], ...HS256 }) }),
    follows: /make one with "(openssl rand [^"]+)" and use the text that it prints/,
    apply: (world, [command = ""]) => makeSecret(world, command),
  }),
  KEY_SECRET_EDGES: fix({
    wrong: async () => ({
      options: jwtOptions({ verificationKeys: [`${secretText}\n`], ...HS256 }),
      call: await callWithKey(secretSigner(secretText)),
    }),
    follows: /remove it on this side/,
    apply: (world) => giveValues(world, secretText),
  }),
  KEY_PUBLIC_AS_SECRET: [
    fix({
      name: "a public key with HS256",
      wrong: () => ({ options: jwtOptions(HS256) }),
      follows: /set "(algorithm)" to "(\w+)", which fits this key/,
      apply: (world, [option = "", algorithm]) => withConfig(world, { [option]: algorithm }),
    }),
    fix({
      name: "the number of a key of another issuer",
      wrong: () => ({
        options: jwtOptions({
          verificationKeys: [String(key.jwk["n"])],
          ...HS256,
          issuer: "https://issuer.test",
          issuers: [{ name: "other", issuer: "https://partner.test", verificationKeys: [pem] }],
        }),
      }),
      follows: /make a secret with "(openssl rand [^"]+)" and use it on both sides/,
      apply: (world, [command = ""]) => makeSecret(world, command),
    }),
  ],
  KEY_ALGORITHM_UNKNOWN: [
    fix({
      name: "left out",
      wrong: () => ({ options: jwtOptions({ algorithm: "rs256" }) }),
      follows: /leave it out to let the key decide/,
      apply: (world) => withConfig(world, { algorithm: undefined }),
    }),
    fix({
      name: "in another case",
      wrong: () => ({ options: jwtOptions({ algorithm: "rs256" }) }),
      follows: /case-sensitive: write "(\w+)"/,
      apply: (world, [algorithm]) => withConfig(world, { algorithm }),
    }),
  ],
  KEY_ALGORITHM_MISMATCH: [
    fix({
      name: "one that fits",
      wrong: () => ({ options: jwtOptions({ algorithm: "ES256" }) }),
      follows: /set "(algorithm)" to one of (\w+)/,
      apply: (world, [option = "", algorithm]) => withConfig(world, { [option]: algorithm }),
    }),
    fix({
      name: "left out",
      wrong: () => ({ options: jwtOptions({ algorithm: "ES256" }) }),
      follows: /leave it out to let the key decide/,
      apply: (world) => withConfig(world, { algorithm: undefined }),
    }),
    fix({
      name: "a shared secret with RS256",
      wrong: async () => ({
        options: jwtOptions({ verificationKeys: [secretText], algorithm: "RS256" }),
        call: await callWithKey(secretSigner(secretText)),
      }),
      follows: /set "(algorithm)" to one of (\w+)/,
      apply: (world, [option = "", algorithm]) => withConfig(world, { [option]: algorithm }),
    }),
  ],
  KEY_ALGORITHM_REQUIRED: [
    fix({
      name: "a text",
      wrong: async () => ({ ...withValues(secretText), call: await callWithKey(secretSigner(secretText)) }),
      follows: /for a shared secret set "(\w+)" to "(\w+)" \("authorizationConfig" in code/,
      apply: (world, [option = "", algorithm]) => withConfig(world, { [option]: algorithm }),
    }),
    fix({
      name: "a JWK",
      wrong: async () => ({
        ...withValues(JSON.stringify({ kty: "oct", k: Buffer.from(secretText).toString("base64url") })),
        call: await callWithKey(secretSigner(secretText)),
      }),
      follows: /for a shared secret set "(\w+)" to "(\w+)"/,
      apply: (world, [option = "", algorithm]) => withConfig(world, { [option]: algorithm }),
    }),
    fix({
      name: "what should be a public key",
      wrong: () => withValues("not a key"),
      follows: /for a public key export it again as PEM/,
      apply: copyAgain,
    }),
  ],
  KEY_KINDS_MIXED: [
    fix({
      name: "a secret beside public keys",
      wrong: () => withValues(pem, secretText),
      follows: /keep the kind that your tokens are signed with, and take the other out/,
      apply: copyAgain,
    }),
    fix({
      name: "a public key beside secrets",
      wrong: () => ({ options: jwtOptions({ verificationKeys: [secretText, pem], ...HS256 }) }),
      follows: /keep the kind that your tokens are signed with, and take the other out/,
      apply: async (world) => ({
        ...giveValues(world, secretText),
        call: await callWithKey(secretSigner(secretText)),
      }),
    }),
  ],
  KEY_JWK_INVALID: [
    fix({
      name: "a number that is cut off",
      wrong: () => withValues(toJwk({ n: String(key.jwk["n"]).slice(0, -1) })),
      follows: /export the key again from its source as a JWK/,
      apply: (world) => giveValues(world, toJwk({})),
    }),
    fix({
      name: "an object around the key",
      wrong: () => withValues(JSON.stringify({ publicKey: pem })),
      follows: /give the value of "(\w+)" itself/,
      apply: (world, [member = ""]) => {
        const [text = "{}"] = world.options.authorizationConfig?.verificationKeys ?? [];
        return giveValues(world, String((JSON.parse(text) as Readonly<Record<string, unknown>>)[member]));
      },
    }),
    fix({
      name: "a discovery document",
      wrong: async () => {
        const url = await listen(answer(goodSet));
        return withValues(JSON.stringify({ issuer: url, jwks_uri: url }));
      },
      follows: /set "(jwksUrl)" to that address instead of a key/,
      apply: (world, [option = ""]) => {
        const [text = "{}"] = world.options.authorizationConfig?.verificationKeys ?? [];
        const { jwks_uri: url } = JSON.parse(text) as { readonly jwks_uri: string };
        return withConfig(world, { verificationKeys: undefined, [option]: url });
      },
    }),
  ],
  KEY_JWK_USE: fix({
    wrong: () => withValues(toJwk({ use: "enc" })),
    follows: /use the key whose "(use)" is "(sig)"/,
    apply: (world, [member = "", value]) => giveValues(world, toJwk({ [member]: value })),
  }),
  KEY_JWK_ALGORITHM: fix({
    wrong: () => withValues(toJwk({ alg: "ES256" })),
    follows: /correct "(alg)" \(one of (\w+)/,
    apply: (world, [member = "", value]) => giveValues(world, toJwk({ [member]: value })),
  }),
  KEY_DUPLICATE: fix({
    wrong: () => withValues(pem, pem),
    follows: /remove one of the two/,
    apply: copyAgain,
  }),
} satisfies Partial<FixRows<FaultCode>>;
