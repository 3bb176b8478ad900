/** A self-signed certificate in PEM: node:crypto reads certificates and makes none. */
import { type KeyObject, sign, X509Certificate } from "node:crypto";

const SEQUENCE = 0x30;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const text = (tag: number, value: string) => der(tag, Buffer.from(value));
/** ecdsa-with-SHA256. */
const algorithm = der(SEQUENCE, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
/** CN=test. */
const name = der(
  SEQUENCE,
  der(0x31, der(SEQUENCE, der(0x06, Buffer.from("550403", "hex")), text(0x0c, "test"))),
);

/** Certifies a P-256 key with itself. */
export function createCertificate({
  publicKey,
  privateKey,
}: {
  publicKey: KeyObject;
  privateKey: KeyObject;
}): string {
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([7])),
    algorithm,
    name,
    der(SEQUENCE, text(0x17, "250101000000Z"), text(0x17, "350101000000Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const pem = new X509Certificate(der(SEQUENCE, body, algorithm, signature)).toString();
  if (!new X509Certificate(pem).verify(publicKey)) throw new Error("the test certificate is not valid");
  return pem;
}
