/**
 * Is this a usable Ed25519 public key? WebCrypto imports any 32 bytes; a key of small order accepts signatures
 * that nobody made. Runs once per key at start, so plain BigInt arithmetic is fast enough.
 */

const P = 2n ** 255n - 19n;
const D = mod(-121665n * invert(121666n));
/** Square root of -1. */
const ROOT = power(2n, (P - 1n) / 4n);

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if ((bits & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function invert(value: bigint): bigint {
  return power(value, P - 2n);
}

/** Canonical encoding, on the curve, and not of small order (RFC 8032 section 5.1.3). */
export function isUsableEd25519Key(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  let encoded = 0n;
  for (let i = 31; i >= 0; i -= 1) encoded = encoded * 256n + BigInt(bytes[i] ?? 0);
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return false;
  const x = recoverX(y, sign);
  return x !== undefined && !hasSmallOrder(x, y);
}

function recoverX(y: bigint, sign: bigint): bigint | undefined {
  const square = mod((y * y - 1n) * invert(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * ROOT);
  if (mod(x * x) !== square) return undefined;
  if (x === 0n && sign === 1n) return undefined;
  return (x & 1n) === sign ? x : mod(-x);
}

/** Eight times the point is the neutral element (0, 1). */
function hasSmallOrder(startX: bigint, startY: bigint): boolean {
  let x = startX;
  let y = startY;
  for (let i = 0; i < 3; i += 1) {
    const product = mod(D * x * x * y * y);
    const doubledX = mod(2n * x * y * invert(1n + product));
    y = mod((y * y + x * x) * invert(1n - product));
    x = doubledX;
  }
  return x === 0n && y === 1n;
}
