/** A public key as plain numbers, whatever text it came from, and its canonical SPKI form. */

export const Oid = {
  rsa: "1.2.840.113549.1.1.1",
  rsaPss: "1.2.840.113549.1.1.10",
  ec: "1.2.840.10045.2.1",
  ed25519: "1.3.101.112",
} as const;

export type EcCurve = "P-256" | "P-384" | "P-521";

export const ecCurves = {
  "P-256": { oid: "1.2.840.10045.3.1.7", coordinateBytes: 32 },
  "P-384": { oid: "1.3.132.0.34", coordinateBytes: 48 },
  "P-521": { oid: "1.3.132.0.35", coordinateBytes: 66 },
} as const satisfies Record<EcCurve, { oid: string; coordinateBytes: number }>;

export type PublicKey =
  /** Both big-endian without leading zeros. */
  | { readonly type: "RSA"; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  /** SEC1 point, compressed or not; whether it lies on the curve is decided on import. */
  | { readonly type: "EC"; readonly curve: EcCurve; readonly point: Uint8Array }
  | { readonly type: "OKP"; readonly publicKey: Uint8Array };

export function isEcCurve(name: string): name is EcCurve {
  return Object.hasOwn(ecCurves, name);
}

/** The curve that an object identifier names, where we know it. */
export function curveOfOid(oid: string | undefined): EcCurve | undefined {
  return Object.keys(ecCurves).find((name): name is EcCurve => isEcCurve(name) && ecCurves[name].oid === oid);
}

/** Number of bits of a big-endian number without leading zeros. */
export function countBits(value: Uint8Array): number {
  const first = value[0];
  return first === undefined || first === 0 ? 0 : value.length * 8 - Math.clz32(first) + 24;
}

export function describePublicKey(key: PublicKey): string {
  if (key.type === "RSA") return `RSA-${countBits(key.modulus)}`;
  return key.type === "EC" ? `EC ${key.curve}` : "Ed25519";
}
