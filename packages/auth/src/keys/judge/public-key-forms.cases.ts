/**
 * How a public key can look when it lands where a shared secret belongs: what tools print, and what editors, shells
 * and programs make of it.
 */
import { type TestPair, toJwk } from "./test-keys.fixture.ts";

type Form = readonly [name: string, text: string];

const base64 = (value: string | Uint8Array) => Buffer.from(value).toString("base64");
const hex = (value: string | Uint8Array) => Buffer.from(value).toString("hex");
const colons = (value: string) => value.replace(/(..)(?=.)/g, "$1:");
const each = (text: string, make: (character: string, code: number) => string) =>
  Array.from(text, (character) => make(character, character.charCodeAt(0))).join("");

/** Manglings of any text, whatever key it holds; each keeps all of it. */
export const keepsAll = {
  "percent encoding": encodeURIComponent,
  "percent encoding of each character": (text) => hex(text).replace(/../g, "%$&"),
  "base64 of UTF-16": (text) => Buffer.from(text, "utf16le").toString("base64"),
  "base64, three times": (text) => base64(base64(base64(text))),
  "UTF-16 read as Latin-1": (text) => Buffer.from(`\uFEFF${text}`, "utf16le").toString("latin1"),
  "UTF-16 read as UTF-8": (text) => Buffer.from(`\uFEFF${text}`, "utf16le").toString("utf8"),
  "big-endian UTF-16 read as UTF-8": (text) => Buffer.from(text, "utf16le").swap16().toString("utf8"),
  "a space behind each character": (text) => each(text, (character) => `${character} `),
  "an invisible space behind each character": (text) => each(text, (character) => `${character}\u200B`),
} as const satisfies Readonly<Record<string, (text: string) => string>>;

/** The same key as other tools and files write it. */
export function writeForms(pair: TestPair): readonly Form[] {
  const jwk = { ...toJwk(pair.publicKey), kid: "k1" };
  const json = JSON.stringify(jwk);
  const set = JSON.stringify({ keys: [jwk] });
  const members = Object.entries(jwk).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const der = pair.publicKey.export({ type: "spki", format: "der" });
  const forms: Form[] = [
    ["JWKS as Python prints it", set.replaceAll('"', "'").replaceAll(":", ": ")],
    ["JWKS without its last brace", set.slice(0, -1)],
    ["JWK cut off", json.slice(0, json.length * 0.9)],
    ["JWKS behind the headers of curl -i", `HTTP/2 200\r\ncontent-type: application/json\r\n\r\n${set}`],
    ["JWK in a sentence", `my key is ${json}`],
    ["JWK without braces", json.slice(1, -1)],
    ["JWK without quotes", json.replaceAll('"', "")],
    ["JWK as YAML", members.map(([name, value]) => `${name}: ${value}\n`).join("")],
    ["JWK as a form", new URLSearchParams(members).toString()],
    ["JWK of JavaScript", `module.exports = ${json};`],
    ["JWK as JSON of JSON of JSON", JSON.stringify(JSON.stringify(json))],
    ["JWK without its type, cut off", JSON.stringify({ ...jwk, kty: undefined }).slice(0, -1)],
    ["DER in hexadecimal", hex(der)],
    ["DER in base64", base64(der)],
    ["DER in base64 as Python prints it", `b'${base64(der)}'`],
    ["DER in base64 behind a name", `RS256:${base64(der)}`],
    ["DER in base64 without its first character", base64(der).slice(1)],
    ["DER in base64 with commas between its lines", base64(der).replace(/.{64}/g, "$&,")],
    [
      "the lines of a PEM behind a comment",
      `# of production\n${pair.pem.split("\n").slice(1, -2).join("\n")}`,
    ],
    ["PEM in base64 as Python prints it", `b'${base64(pair.pem)}'`],
    ["PEM in base64 in XML", `<key>${base64(pair.pem).replace(/.{76}/g, "$&\n")}</key>`],
    ["JWK in base64", base64(json)],
    ["JWK list in base64", base64(JSON.stringify([jwk]))],
    ["JWK cut off in base64", base64(json.slice(0, -1))],
    ["JWKS in percent encoding", encodeURIComponent(set)],
    ["DER behind a space", ` ${der.toString("latin1")}`],
    ["DER behind a space, read as UTF-8", ` ${der.toString("utf8")}`],
    ["DER without its first bytes", der.subarray(3).toString("latin1")],
    ["PEM with | between its lines", pair.pem.replaceAll("\n", "|")],
    [
      "PEM in the code of a program",
      pair.pem
        .trim()
        .split("\n")
        .map((line) => `"${line}\\n"`)
        .join(" + "),
    ],
    ["SSH line", `${toSshType(pair)} ${base64(toSshBlob(pair))} me@host`],
    ["SSH line of known_hosts", `host.example ${toSshType(pair)} ${base64(toSshBlob(pair))}`],
    ["SSH line with options", `no-pty ${toSshType(pair)} ${base64(toSshBlob(pair))} me`],
    ["SSH line behind a comment", `# my key\n${toSshType(pair)} ${base64(toSshBlob(pair))} me@host`],
    ["SSH line behind a name", `KEY=${toSshType(pair)} ${base64(toSshBlob(pair))}`],
    ["SSH key without its type", base64(toSshBlob(pair))],
  ];
  if (jwk.kty !== "RSA") return forms;
  const modulus = hex(Buffer.from(jwk.n ?? "", "base64url"));
  const pkcs1 = pair.publicKey.export({ type: "pkcs1", format: "der" });
  return [
    ...forms,
    ["openssl rsa -pubin -modulus", `Modulus=${modulus.toUpperCase()}`],
    [
      "openssl rsa -pubin -text",
      `Public-Key: (2048 bit)\nModulus:\n    00:${colons(modulus).replace(/.{45}/g, "$&\n    ")}\nExponent: 65537 (0x10001)`,
    ],
    [
      "XML",
      `<RSAKeyValue><Modulus>${base64(Buffer.from(modulus, "hex"))}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>`,
    ],
    ["PKCS #1 in hexadecimal", hex(pkcs1)],
    ["PKCS #1 behind a space, read as UTF-8", ` ${pkcs1.toString("utf8")}`],
  ];
}

function toSshType({ publicKey }: TestPair): string {
  const types: Record<string, string> = { rsa: "ssh-rsa", ec: "ecdsa-sha2-nistp256", ed25519: "ssh-ed25519" };
  return types[publicKey.asymmetricKeyType ?? ""] ?? "";
}

/** RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4. */
function toSshBlob(pair: TestPair): Buffer {
  const { kty, n, e, x, y } = toJwk(pair.publicKey);
  const type = Buffer.from(toSshType(pair));
  const read = (member: string | undefined) => Buffer.from(member ?? "", "base64url");
  const parts =
    kty === "RSA"
      ? [type, read(e), Buffer.concat([Buffer.of(0), read(n)])]
      : kty === "EC"
        ? [type, Buffer.from("nistp256"), Buffer.concat([Buffer.of(4), read(x), read(y)])]
        : [type, read(x)];
  return Buffer.concat(
    parts.flatMap((part) => [Buffer.of(0, 0, part.length >> 8, part.length & 0xff), part]),
  );
}
