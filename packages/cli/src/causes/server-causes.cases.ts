/** Faults of the server's own configuration and of what it depends on: seen by whoever runs it. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { onTestFinished } from "vitest";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import type { CauseRow } from "./cause-row.fixture.ts";
import { moveClock, readAnswer, readReport, startServer } from "./read-texts.fixture.ts";

const key = await createTestKey("RS256", { kid: "2026-11" });
const pem = key.verificationKey;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const cipher = { cipher: "aes-256-cbc", passphrase: "x" } as const;
const encryptedPem = privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString();
const weakPem = generateKeyPairSync("rsa", { modulusLength: 1024 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const otherPem = publicKey.export({ type: "spki", format: "pem" }).toString();
const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";

/** What the doctor says where this is set. */
const environment = (env: Readonly<Record<string, string>>) => () => readReport([], { env });
const withKey = (value: string) => environment({ JWT_VERIFICATION_KEY: value });

/** What it says where JWT_JWKS_FILE names a file with this content. */
const withFile = (content: string | undefined) => () => {
  const file = join(makeFolder(), "jwks.json");
  if (content !== undefined) writeFileSync(file, content);
  return readReport([], { env: { JWT_JWKS_FILE: file } });
};

/** What it says of a configuration file. */
const withConfig =
  (authorization: object, more: object = {}, credential?: string) =>
  () => {
    const cwd = makeFolder();
    const config = { id: "agent-os", agents: [], authorization, ...more };
    writeFileSync(join(cwd, "agentos.json"), JSON.stringify(config));
    const asked = credential === undefined ? [] : ["--token", "-"];
    return readReport(["--config", "agentos.json", ...asked], { cwd, stdin: credential ?? "" });
  };

/** An issuer that serves its keys until it is stopped; `silent` accepts connections and says nothing. */
async function startIssuer(isSilent = false): Promise<{ readonly jwksUrl: string; stop(): Promise<void> }> {
  const server = createServer((_, response) => {
    if (!isSilent)
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [key.jwk] }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`, stop };
}

/** Keys from an issuer that has been gone for over an hour: the answer to a valid token, or what the server's log says. */
const readOutage = (who: "caller" | "operator") => async () => {
  const issuer = await startIssuer();
  const server = await startServer({ authorizationConfig: { jwksUrl: issuer.jwksUrl } });
  const token = await signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000) + 4_000 }));
  await issuer.stop();
  moveClock(4_000);
  const answer = await readAnswer(server, { authorization: `Bearer ${token}` });
  return who === "caller" ? answer : server.log.join("\n");
};

export const serverCauses: readonly CauseRow[] = [
  {
    cause: "key: a private key",
    read: withKey(privatePem),
    code: "KEY_PRIVATE",
    says: /private key/,
    fix: /make a new key pair/,
  },
  {
    cause: "key: an encrypted private key",
    read: withKey(encryptedPem),
    code: "KEY_ENCRYPTED",
    says: /encrypted/,
    fix: /-pubout/,
  },
  {
    cause: "key: a certificate",
    read: withKey("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
    code: "KEY_CERTIFICATE",
    says: /certificate/,
    fix: /x509/,
  },
  {
    cause: "key: a file path",
    read: withKey("./keys/public.pem"),
    code: "KEY_FILE_PATH",
    says: /path/,
    fix: /content of the file/,
  },
  {
    cause: "key: an empty value",
    read: environment({ JWT_VERIFICATION_KEY: "", AUTHORIZATION_ENABLED: "true" }),
    code: "CONFIG_VARIABLE_EMPTY",
    says: /JWT_VERIFICATION_KEY.*empty|empty.*JWT_VERIFICATION_KEY/s,
    fix: /JWT_VERIFICATION_KEY/,
  },
  {
    cause: "key: a URL",
    read: withKey("https://issuer.test/jwks.json"),
    code: "KEY_URL",
    says: /address|URL/,
    fix: /jwksUrl/,
  },
  {
    cause: "key: cut off",
    read: withKey(pem.split("\n").slice(0, 4).join("\n")),
    code: "KEY_TRUNCATED",
    says: /cut|incomplete|end/,
    fix: /copy the whole value/,
  },
  {
    cause: "key: no key at all",
    read: withKey("kQ3vZ8nLxT6rB0yH5wJ9cM2fD7gS4aPq"),
    code: "KEY_ALGORITHM_REQUIRED",
    says: /a public key is expected/,
    fix: /"HS256"/,
  },
  {
    cause: "key: mangled by an env file, and repaired",
    read: withKey(pem.replaceAll("\n", "\\n")),
    code: "KEY_REPAIRED",
    says: /damaged on its way/,
    fix: /set it again/,
  },
  {
    cause: "key: RSA too short",
    read: withKey(weakPem),
    code: "KEY_WEAK_RSA",
    says: /1024/,
    fix: /2048/,
  },
  {
    cause: "key: secret too short",
    read: withConfig({ verificationKeys: ["kQ3vZ8nLxT6rB0yH5wJ9"], algorithm: "HS256" }),
    code: "KEY_SECRET_SHORT",
    says: /20 bytes[^]*32/,
    fix: /openssl rand/,
  },
  {
    cause: "key: a public key as a shared secret",
    read: withConfig({ verificationKeys: [otherPem], algorithm: "HS256" }),
    code: "KEY_PUBLIC_AS_SECRET",
    says: /public key/,
    fix: /RS256|algorithm/,
  },
  {
    cause: "JWKS file missing",
    read: withFile(undefined),
    code: "KEY_JWKS_FILE_MISSING",
    says: /file/,
    fix: /JWT_JWKS_FILE|path/,
  },
  {
    cause: "JWKS file is not JSON",
    read: withFile("{ keys"),
    code: "KEY_JWKS_INVALID",
    says: /JSON/,
    fix: /JSON|keys/,
  },
  {
    cause: "JWKS file without a usable key",
    read: withFile('{"keys":[]}'),
    code: "KEY_JWKS_EMPTY",
    says: /no/,
    fix: /key/,
  },
  {
    cause: "JWKS URL unreachable",
    read: async () => {
      const issuer = await startIssuer();
      await issuer.stop();
      return withConfig({ jwksUrl: issuer.jwksUrl })();
    },
    code: "KEY_SOURCE_UNREACHABLE",
    says: /cannot be fetched from 127\.0\.0\.1:\d+: nothing answers/,
    fix: /host and port/,
  },
  {
    cause: "JWKS URL slow",
    read: async () => withConfig({ jwksUrl: (await startIssuer(true)).jwksUrl })(),
    code: "KEY_SOURCE_TIMEOUT",
    says: /did not arrive from 127\.0\.0\.1:\d+ within 5 seconds/,
    fix: /issuer answers/,
  },
  {
    cause: "key source down: what a caller reads",
    read: readOutage("caller"),
    code: "AUTH_KEYS_UNAVAILABLE",
    says: /cannot read its verification keys/,
    fix: /try again later/,
  },
  {
    cause: "key source down: what the operator reads",
    read: readOutage("operator"),
    code: "KEY_SOURCE_UNREACHABLE",
    says: /nothing answers at this host and port/,
    fix: /host and port/,
  },
  {
    cause: "security key and JWT both on",
    read: environment({
      JWT_VERIFICATION_KEY: pem,
      OS_SECURITY_KEY: SECURITY_KEY,
      AUTHORIZATION_ENABLED: "true",
    }),
    code: "CONFIG_BOTH_CREDENTIALS",
    says: /both/i,
    fix: /unset\s+OS_SECURITY_KEY.*unset\s+JWT_VERIFICATION_KEY/s,
  },
  {
    cause: "security key and JWT both on: a request with the security key",
    read: withConfig({ verificationKeys: [pem] }, { securityKey: SECURITY_KEY }, SECURITY_KEY),
    code: "AUTH_SECURITY_KEY_WITH_JWT",
    says: /both a security key and JWT/,
    fix: /use JWT only.*or use the security key\s+only/s,
  },
];
