/** Certificates for TLS servers in tests: of the names, times and issuer that a test wants. node:crypto reads them and makes none. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate with its private key. */
export interface TestCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM (PKCS#8), P-256. */
  readonly privateKey: string;
  /** Of the subject; another one for each certificate, so that a chain is found by it. */
  readonly commonName: string;
}

/** What the certificate says. */
export interface TestCertificateOptions {
  /** Host names and IPv4 addresses that it is for. Default: localhost and 127.0.0.1. */
  readonly names?: readonly string[];
  /** Seconds since 1970. Default: an hour before and an hour after the real time, which TLS looks at. */
  readonly validFrom?: number;
  /** See `validFrom`. */
  readonly validUntil?: number;
  /** Who signs it. Default: it signs itself. */
  readonly issuer?: TestCertificate;
}

const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  ipAddress: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** Dotted names are 2.5.4.3, 2.5.29.17, 2.5.29.19 and 1.2.840.10045.4.3.2. */
const Identifier = {
  commonName: "550403",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  ecdsaWithSha256: "2a8648ce3d040302",
} as const;

const HOUR = 3_600;

/** Makes a certificate with a fresh key; one without an issuer may be the issuer of others. */
export function createTestCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const now = Date.now() / 1_000;
  const { names = ["localhost", "127.0.0.1"], validFrom = now - HOUR, validUntil = now + HOUR } = options;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const commonName = `test ${randomBytes(6).toString("hex")}`;
  const algorithm = encodeDer(Tag.sequence, encodeIdentifier("ecdsaWithSha256"));
  const alternatives = names.map((name) =>
    isIPv4(name)
      ? encodeDer(Tag.ipAddress, Buffer.from(name.split(".").map(Number)))
      : encodeDer(Tag.dnsName, Buffer.from(name)),
  );
  const extensions = [
    encodeExtension("subjectAltName", encodeDer(Tag.sequence, ...alternatives)),
    // Whoever signs others must be an authority.
    ...(options.issuer === undefined
      ? [
          encodeExtension(
            "basicConstraints",
            encodeDer(Tag.sequence, encodeDer(Tag.boolean, Buffer.from([255]))),
          ),
        ]
      : []),
  ];
  const content = encodeDer(
    Tag.sequence,
    encodeDer(Tag.version, encodeDer(Tag.integer, Buffer.from([2]))),
    encodeDer(Tag.integer, Buffer.from([1]), randomBytes(8)),
    algorithm,
    encodeName(options.issuer?.commonName ?? commonName),
    encodeDer(Tag.sequence, encodeTime(validFrom), encodeTime(validUntil)),
    encodeName(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    encodeDer(Tag.extensions, encodeDer(Tag.sequence, ...extensions)),
  );
  const signer = options.issuer === undefined ? privateKey : createPrivateKey(options.issuer.privateKey);
  const signature = encodeDer(Tag.bitString, Buffer.from([0]), sign("sha256", content, signer));
  return {
    certificate: new X509Certificate(encodeDer(Tag.sequence, content, algorithm, signature)).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    commonName,
  };
}

function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function encodeIdentifier(of: keyof typeof Identifier): Buffer {
  return encodeDer(Tag.objectIdentifier, Buffer.from(Identifier[of], "hex"));
}

function encodeName(commonName: string): Buffer {
  const attribute = encodeDer(
    Tag.sequence,
    encodeIdentifier("commonName"),
    encodeDer(Tag.utf8, Buffer.from(commonName)),
  );
  return encodeDer(Tag.sequence, encodeDer(Tag.set, attribute));
}

function encodeExtension(of: keyof typeof Identifier, value: Uint8Array): Buffer {
  return encodeDer(Tag.sequence, encodeIdentifier(of), encodeDer(Tag.octetString, value));
}

/** YYMMDDhhmmssZ: good for the years 1950 to 2049 (RFC 5280 section 4.1.2.5.1). */
function encodeTime(seconds: number): Buffer {
  const digits = new Date(seconds * 1_000).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return encodeDer(Tag.utcTime, Buffer.from(`${digits}Z`));
}
