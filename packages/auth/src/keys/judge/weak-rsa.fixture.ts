/** RSA numbers whose private half can be computed, made from the definition of each weakness. */
import {
  checkPrimeSync,
  createPrivateKey,
  generatePrimeSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const EXPONENT = 65_537n;
const HALF_BITS = 1024;

/** A key pair of two primes, as node:crypto reads it. */
export interface WeakPair {
  readonly privateKey: KeyObject;
  /** The modulus in base64url, as "n" of a JWK. */
  readonly n: string;
}

/** Two primes k*M + (65537^a mod M), M the product of the first 126 primes: what Infineon's library made for 2048 bits. */
export function generateRocaPair(): WeakPair {
  const [p, q] = [findRocaPrime(), findRocaPrime()];
  return toPair(p, q);
}

/** The twin: two primes of node:crypto. */
export function generateSoundPair(): WeakPair {
  return toPair(findPrime(), findPrime());
}

/** The second prime is the next one above the first that node:crypto accepts. */
export function generateNearPair(): WeakPair {
  const p = findPrime();
  let q = p + 2n;
  while (!isUsablePrime(q)) q += 2n;
  return toPair(p, q);
}

/** "n" of a number that a small prime divides. */
export function generateDivisible(factor: bigint): string {
  return toBase64Url(findPrime(HALF_BITS * 2 - factor.toString(2).length + 1) * factor);
}

function findRocaPrime(): bigint {
  const product = firstPrimes(126).reduce((all, prime) => all * BigInt(prime), 1n);
  const size = 1n << BigInt(HALF_BITS);
  // The two upper bits are set, so that the product of two has the full length.
  const low = (3n * size) / 4n;
  for (;;) {
    const power = modularPower(EXPONENT, randomBigInt(16), product);
    const k = low / product + 1n + (randomBigInt(32) % ((size - low) / product - 2n));
    const candidate = k * product + power;
    if (isUsablePrime(candidate)) return candidate;
  }
}

function findPrime(bits = HALF_BITS): bigint {
  for (;;) {
    const prime = generatePrimeSync(bits, { bigint: true });
    if (prime >= 3n << BigInt(bits - 2) && isUsablePrime(prime)) return prime;
  }
}

function isUsablePrime(number: bigint): boolean {
  return (number - 1n) % EXPONENT !== 0n && checkPrimeSync(number);
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number += 1)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return primes;
}

function toPair(p: bigint, q: bigint): WeakPair {
  const n = p * q;
  const d = invert(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: invert(q, p) };
  const jwk = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, toBase64Url(value)]));
  return { privateKey: createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" }), n: toBase64Url(n) };
}

function invert(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (
    let square = base % modulus, rest = exponent;
    rest > 0n;
    rest >>= 1n, square = (square * square) % modulus
  )
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
  return result;
}

function randomBigInt(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString("hex")}`);
}

function toBase64Url(value: bigint): string {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return bytes.toString("base64url");
}
