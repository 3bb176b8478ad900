/** The canonical form of a public key: SubjectPublicKeyInfo (RFC 5280 section 4.1). */
import { ecCurves, Oid, type PublicKey } from "../model/public-key.ts";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "./der.ts";

export function encodeSpki(key: PublicKey): Uint8Array<ArrayBuffer> {
  const zero = Uint8Array.of(0);
  if (key.type === "RSA") {
    const rsaPublicKey = encodeDer(Tag.sequence, encodeUnsigned(key.modulus), encodeUnsigned(key.exponent));
    const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier(Oid.rsa), encodeDer(Tag.null));
    return encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, zero, rsaPublicKey));
  }
  if (key.type === "EC") {
    const curve = encodeObjectIdentifier(ecCurves[key.curve].oid);
    const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier(Oid.ec), curve);
    return encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, zero, key.point));
  }
  const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier(Oid.ed25519));
  return encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, zero, key.publicKey));
}
