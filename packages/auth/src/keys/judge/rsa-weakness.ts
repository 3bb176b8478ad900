/**
 * Whether anybody can compute the private half of an RSA key from its public half, as far as that shows in a few
 * milliseconds: small factors, two primes next to each other, and the fingerprint of ROCA (CVE-2017-15361).
 */

/** Trial division goes up to here: it finds what a broken generator leaves, not what takes an attacker a computer. */
const SMALL_FACTORS_BELOW = 65_536;
/** Rounds of Fermat's method. Primes of a sound generator would take it more rounds than there are atoms. */
const FERMAT_ROUNDS = 100;
/**
 * The fingerprint of Nemec and others, "The Return of Coppersmith's Attack" (CCS 2017): the library of Infineon made
 * primes k*M + (65537^a mod M), where M is the product of the first primes, 39 of them or more. So modulo each of these
 * primes the modulus is a power of 65537. A random modulus is that in one of 10^8 cases.
 */
const ROCA_GENERATOR = 65_537;
const ROCA_PRIMES = 39;

/** Primes below the limit, and their products as far as they stay exact as a number: one division serves several. */
interface Divisors {
  readonly primes: readonly number[];
  readonly groups: readonly { readonly product: bigint; readonly primes: readonly number[] }[];
}

let divisors: Divisors | undefined;

/** The prime below 65,536 that divides the modulus, if there is one. */
export function findSmallFactor(modulus: bigint): number | undefined {
  divisors ??= createDivisors();
  for (const { product, primes } of divisors.groups) {
    const rest = Number(modulus % product);
    const factor = primes.find((prime) => rest % prime === 0);
    if (factor !== undefined) return factor;
  }
  return undefined;
}

/** The modulus is that of the generator of ROCA. */
export function hasRocaFingerprint(modulus: bigint): boolean {
  divisors ??= createDivisors();
  return divisors.primes
    .slice(0, ROCA_PRIMES)
    .every((prime) => isPowerModulo(Number(modulus % BigInt(prime)), prime));
}

/** `rest` is a power of the generator modulo the prime. */
function isPowerModulo(rest: number, prime: number): boolean {
  const generator = ROCA_GENERATOR % prime;
  let power = 1;
  do {
    if (power === rest) return true;
    power = (power * generator) % prime;
  } while (power !== 1);
  return false;
}

/** The two factors are so near each other that Fermat's method finds them at once (CVE-2022-26320). */
export function hasNearFactors(modulus: bigint): boolean {
  let middle = squareRoot(modulus);
  if (middle * middle < modulus) middle += 1n;
  // (middle + d)(middle - d) = modulus, where d is whole.
  let square = middle * middle - modulus;
  for (let round = 0; round < FERMAT_ROUNDS; round += 1) {
    if (isSquare(square)) return true;
    square += 2n * middle + 1n;
    middle += 1n;
  }
  return false;
}

/** Most numbers fail for their last six bits already. */
function isSquare(value: bigint): boolean {
  const last = Number(value & 63n);
  if (![0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49, 57].includes(last)) return false;
  const root = squareRoot(value);
  return root * root === value;
}

/** The whole part of it, by Newton's method from above. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(16).length * 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** A big-endian number. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

function createDivisors(): Divisors {
  const isComposite = new Uint8Array(SMALL_FACTORS_BELOW);
  const primes: number[] = [];
  for (let number = 2; number < SMALL_FACTORS_BELOW; number += 1) {
    if (isComposite[number] === 1) continue;
    primes.push(number);
    for (let multiple = number * number; multiple < SMALL_FACTORS_BELOW; multiple += number)
      isComposite[multiple] = 1;
  }
  const groups: { product: bigint; primes: number[] }[] = [];
  let product = 1;
  let members: number[] = [];
  for (const prime of primes) {
    if (product * prime > Number.MAX_SAFE_INTEGER) {
      groups.push({ product: BigInt(product), primes: members });
      product = 1;
      members = [];
    }
    product *= prime;
    members.push(prime);
  }
  groups.push({ product: BigInt(product), primes: members });
  return { primes, groups };
}
