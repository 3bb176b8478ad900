/** Small self-signed certificates and certificate requests; node:crypto can read but not make them. */
import { sign, X509Certificate } from "node:crypto";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "../reader/der.ts";
import type { TestPair } from "./test-keys.fixture.ts";

const SET = 0x31;
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
const signatureAlgorithm = encodeDer(
  Tag.sequence,
  encodeObjectIdentifier("1.2.840.113549.1.1.11"),
  encodeDer(Tag.null),
);
const commonName = encodeDer(
  Tag.sequence,
  encodeObjectIdentifier("2.5.4.3"),
  encodeDer(UTF8, Buffer.from("test")),
);
const name = encodeDer(Tag.sequence, encodeDer(SET, commonName));

function seal(content: Uint8Array, pair: TestPair): Uint8Array {
  const signature = encodeDer(Tag.bitString, Uint8Array.of(0), sign("sha256", content, pair.privateKey));
  return encodeDer(Tag.sequence, content, signatureAlgorithm, signature);
}

export function createCertificate(pair: TestPair): Uint8Array {
  const version = encodeDer(Tag.context0, encodeUnsigned(Uint8Array.of(2)));
  const validity = encodeDer(
    Tag.sequence,
    encodeDer(UTC_TIME, Buffer.from("250101000000Z")),
    encodeDer(UTC_TIME, Buffer.from("350101000000Z")),
  );
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const content = encodeDer(
    Tag.sequence,
    version,
    encodeUnsigned(Uint8Array.of(7)),
    signatureAlgorithm,
    name,
    validity,
    name,
    spki,
  );
  const certificate = seal(content, pair);
  // Node's own reader agrees that this is a certificate of this key.
  if (!new X509Certificate(certificate).verify(pair.publicKey))
    throw new Error("the test certificate is not valid");
  return certificate;
}

export function createCertificateRequest(pair: TestPair): Uint8Array {
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const attributes = encodeDer(Tag.context0);
  return seal(encodeDer(Tag.sequence, encodeUnsigned(Uint8Array.of(0)), name, spki, attributes), pair);
}
