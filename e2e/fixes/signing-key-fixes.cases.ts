/** Faults of a key to sign with, as `token mint` prints them, and the way out of each. */
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { importSigningKey } from "@agentos/auth/mint";
import { type FaultCode, renderFault } from "@agentos/contract";
import { expect } from "vitest";
import { runCommand } from "./doctor-world.ts";
import type { FixRow, FixRows, Printed } from "./fix-row.ts";
import { makeFolder, run } from "./key-tools.ts";

/** A key and the algorithm that is asked for. */
interface SigningWorld {
  readonly text: string;
  readonly algorithm?: Parameters<typeof importSigningKey>[1] extends { algorithm?: infer Name } | undefined
    ? Name
    : never;
}

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const jwk = pair.privateKey.export({ format: "jwk" });

/** One of each kind that the fix for an unsupported key names. */
const supportedPairs = [
  ["RSA of 2048 bits or more", pair],
  ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
  ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" })],
  ["Ed25519", generateKeyPairSync("ed25519")],
] as const;

/** Signs with it as people do, and reads what the command says. */
async function mint({ text, algorithm }: SigningWorld) {
  const args = [
    "token",
    "mint",
    "--key",
    "-",
    "--aud",
    "agent-os",
    "--sub",
    "alice",
    "--scopes",
    "agents:read",
  ];
  const asked = algorithm === undefined ? args : [...args, "--algorithm", algorithm];
  const { code, stdout, stderr } = await runCommand(asked, { stdin: text });
  const [, found, fix] = /\[(KEY_\w+)\]\n +fix: (.*)\n/.exec(stderr) ?? [];
  const printed: readonly Printed[] =
    found === undefined || fix === undefined ? [] : [{ code: found, fix, place: "command" }];
  return { isSigned: code === 0 && stdout.split(".").length === 3, stderr, printed };
}

/** A private key as `ssh-keygen` writes it. */
function makeOpenSsh(type: string): string {
  const folder = makeFolder({});
  run(`ssh-keygen -q -t ${type} -N '' -f key`, folder);
  return readFileSync(join(folder, "key"), "utf8");
}

const fix = (
  row: Pick<FixRow<SigningWorld>, "name" | "wrong" | "follows" | "apply"> &
    Partial<Pick<FixRow<SigningWorld>, "observe">>,
): FixRow => {
  const whole: FixRow<SigningWorld> = {
    observe: async (world) => (await mint(world)).printed,
    async passes(world) {
      const { isSigned, stderr } = await mint(world);
      if (!isSigned) throw new Error(`the fix leads to ${stderr}`);
    },
    ...row,
  };
  return whole as FixRow;
};

/** The command reads a key in DER as it is: only a program of somebody's own can hand over its bytes as a text. */
const observeImport = async ({ text, algorithm }: SigningWorld): Promise<readonly Printed[]> => {
  const read = await importSigningKey(text, { algorithm });
  if (read.ok) return [];
  const { code, fix: said } = renderFault(read.fault, "agentos");
  return [{ code, fix: said, place: "command" }];
};

export const signingKeyFixes = {
  KEY_SIGNING_PUBLIC: [
    fix({
      name: "in PEM",
      wrong: () => ({ text: pair.publicKey.export({ type: "spki", format: "pem" }).toString() }),
      follows: /give the private key of the pair/,
      apply: () => ({ text: pem }),
    }),
    fix({
      name: "as a JWK",
      wrong: () => ({ text: JSON.stringify(pair.publicKey.export({ format: "jwk" })) }),
      follows: /of JWKs that is the one with the member "(\w+)"$/,
      apply: (_, [member = ""]) => ({
        text: JSON.stringify([pair.publicKey.export({ format: "jwk" }), jwk].find((one) => member in one)),
      }),
    }),
  ],
  KEY_SIGNING_ENCRYPTED: fix({
    wrong: () => ({
      text: pair.privateKey
        .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "pass" })
        .toString(),
    }),
    follows: /decrypt it with "(openssl [^"]+ -out (\S+))", which makes a file/,
    apply: ({ text }, [command = "", file = ""]) => {
      const folder = makeFolder({ "key.pem": text });
      run(`${command} -passin pass:pass`, folder);
      expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
      return { text: readFileSync(join(folder, file), "utf8") };
    },
  }),
  KEY_SIGNING_BINARY: fix({
    observe: observeImport,
    wrong: () => ({
      text: pair.privateKey.export({ type: "pkcs8", format: "der" }).toString("utf8"),
    }),
    follows: /turn it into PEM with "(openssl [^"]+ -out (\S+))" and give that file/,
    apply: (_, [command = "", file = ""]) => {
      const folder = makeFolder({ "private.der": pair.privateKey.export({ type: "pkcs8", format: "der" }) });
      run(command, folder);
      return { text: readFileSync(join(folder, file), "utf8") };
    },
  }),
  KEY_SIGNING_UNREADABLE: [
    fix({
      name: "in PEM",
      wrong: () => ({ text: pem.slice(0, 400) }),
      follows: /give all of it in PEM, from its BEGIN line to its END line/,
      apply: () => ({ text: pem }),
    }),
    fix({
      name: "as a JWK",
      wrong: () => ({ text: JSON.stringify(jwk).slice(0, 400) }),
      follows: /give all of it .* or as a JWK$/,
      apply: () => ({ text: JSON.stringify(jwk) }),
    }),
  ],
  KEY_SIGNING_USE: [
    fix({
      name: "use",
      wrong: () => ({ text: JSON.stringify({ ...jwk, use: "enc" }) }),
      follows: /sign with the key whose "(use)" is "(sig)"/,
      apply: (_, [member = "", value]) => ({ text: JSON.stringify({ ...jwk, [member]: value }) }),
    }),
    fix({
      name: "key_ops",
      wrong: () => ({ text: JSON.stringify({ ...jwk, key_ops: ["decrypt"] }) }),
      follows: /and whose "(key_ops)", where it has them, hold "(sign)"$/,
      apply: (_, [member = "", ...values]) => ({ text: JSON.stringify({ ...jwk, [member]: values }) }),
    }),
  ],
  KEY_SIGNING_UNSUPPORTED: [
    ...supportedPairs.map(([name, { privateKey }]) =>
      fix({
        name: `another curve: ${name}`,
        wrong: () => ({
          text: generateKeyPairSync("ec", { namedCurve: "secp256k1" })
            .privateKey.export({ type: "pkcs8", format: "pem" })
            .toString(),
        }),
        follows: new RegExp(`use .*${name}`),
        apply: () => ({ text: privateKey.export({ type: "pkcs8", format: "pem" }).toString() }),
      }),
    ),
    fix({
      name: "the form of OpenSSH",
      wrong: () => ({ text: makeOpenSsh("rsa") }),
      follows: /"(cp key (\S+))", then "(ssh-keygen [^"]+)" with an empty new passphrase, and give key.pem$/,
      apply: ({ text }, [copy = "", file = "", command = ""]) => {
        const folder = makeFolder({ key: text });
        chmodSync(join(folder, "key"), 0o600);
        run(`${copy} && ${command} -N ''`, folder);
        return { text: readFileSync(join(folder, file), "utf8") };
      },
    }),
    fix({
      name: "the form of OpenSSH, of a key that no tool of it converts",
      wrong: () => ({ text: makeOpenSsh("ed25519") }),
      follows: /use RSA of 2048 bits or more.*"([^"]+ keys generate)" makes a key pair/,
      apply: () => ({ text: pem }),
    }),
  ],
  KEY_SIGNING_ALGORITHM_MISMATCH: fix({
    wrong: () => ({ text: pem, algorithm: "ES256" }),
    follows: /sign with one of (\w+)/,
    apply: ({ text }, [algorithm]) => ({ text, algorithm: algorithm as SigningWorld["algorithm"] }),
  }),
  KEY_SIGNING_ALGORITHM_REQUIRED: [
    fix({
      name: "a secret",
      wrong: () => ({ text: "k9-tRw3z_Qp7vXe2mYb8sLd4-k9-tRw3z_Qp7vXe2mYb8sLd4" }),
      follows: /for a shared secret give the algorithm too, (\w+)/,
      apply: ({ text }, [algorithm]) => ({ text, algorithm: algorithm as SigningWorld["algorithm"] }),
    }),
    fix({
      name: "a private key as a JWK",
      wrong: () => ({ text: "k9-tRw3z_Qp7vXe2mYb8sLd4-k9-tRw3z_Qp7vXe2mYb8sLd4" }),
      follows: /give the private key in PEM or as a JWK$/,
      apply: () => ({ text: JSON.stringify(jwk) }),
    }),
    fix({
      name: "a private key",
      wrong: () => ({ text: "k9-tRw3z_Qp7vXe2mYb8sLd4-k9-tRw3z_Qp7vXe2mYb8sLd4" }),
      follows: /give the private key in PEM/,
      apply: () => ({ text: pem }),
    }),
  ],
} satisfies Partial<FixRows<FaultCode>>;
