/**
 * Whether the 32 bytes of an Ed25519 key are a public key that only its owner can sign for. Some libraries below (OpenSSL
 * before 3.5, BoringSSL) check neither: with a point of small order, such as 32 zero bytes, a signature that anybody writes
 * down holds for every second message or more.
 */
import { toBigInt } from "./rsa-weakness.ts";

const PRIME = 2n ** 255n - 19n;
/** The constant d of the curve: -121665/121666. */
const CURVE =
  37_095_705_934_669_439_343_138_083_508_754_565_189_542_113_879_843_219_016_388_785_533_085_940_283_555n;
/** The second coordinates of all points whose order is 1, 2, 4 or 8. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  PRIME - 1n,
  2_707_385_501_144_840_649_318_225_287_225_658_788_936_804_267_575_313_519_463_743_609_750_303_402_022n,
  55_188_659_117_513_257_062_467_267_217_118_295_137_698_188_065_244_968_500_265_048_394_206_261_417_927n,
]);

/** True for a point of the curve, written in its one form, that is not of small order. */
export function isSoundEdwardsPoint(publicKey: Uint8Array): boolean {
  // Little-endian; the topmost bit is the sign of the other coordinate.
  const y = BigInt.asUintN(255, toBigInt(publicKey.toReversed()));
  if (y >= PRIME || SMALL_ORDER.has(y)) return false;
  // x² = (y² - 1) / (dy² + 1): whether that is a square shows in the product of the two as well (Euler).
  const square = (y * y) % PRIME;
  return raise((square - 1n) * (CURVE * square + 1n), (PRIME - 1n) / 2n) === 1n;
}

function raise(base: bigint, exponent: bigint): bigint {
  let power = 1n;
  let factor = base % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) power = (power * factor) % PRIME;
    factor = (factor * factor) % PRIME;
  }
  return power;
}
