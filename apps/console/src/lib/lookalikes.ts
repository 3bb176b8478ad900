/**
 * Instances whose names a person may take for one another. Anybody who may connect one may call it as they like, so an
 * address stands beside a name wherever it matters which of them it is.
 */
import type { Instance } from "./instance-state.ts";
import { clip } from "./words.ts";

type Named = Pick<Instance, "id" | "name" | "is_draft">;

/** Letters of other scripts, and digits, that look like a Latin letter: after `toLowerCase`. */
const LOOK_LIKE: Readonly<Record<string, string>> = {
  ...pairs("авекмнорстухіјѕԁԛԝһӏɡ", "abekmhopctyxijsdqwhlg"),
  ...pairs("αβεηικμνορτυχζ", "abehikmvoptyxz"),
  ...pairs("օսհոց", "oulng"),
  ...pairs("013|5", "oleis"),
  ı: "i",
  ℓ: "l",
};

function pairs(from: string, to: string): Readonly<Record<string, string>> {
  const targets = Array.from(to);
  return Object.fromEntries(Array.from(from).map((letter, at) => [letter, targets[at] ?? letter]));
}

/** What is left of a name once case, marks, signs and the script of a letter are not looked at. */
export function foldName(name: string): string {
  const letters = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/./gu, (letter) => LOOK_LIKE[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]/gu, "");
  // After the others: `I`, `l` and `1` are one stroke.
  return letters.replaceAll("rn", "m").replaceAll("vv", "w").replace(/[il1]/g, "l");
}

/** The others whose names look like its own. */
export function findLookalikes<One extends Named>(instance: Named, all: readonly One[]): readonly One[] {
  const folded = foldName(instance.name);
  return all.filter(
    ({ id, name, is_draft: isDraft }) => id !== instance.id && !isDraft && foldName(name) === folded,
  );
}

/** Its address without the scheme, to be read beside its name. */
export function nameAddress({ endpoint }: Pick<Instance, "endpoint">): string {
  return endpoint === null ? "no address yet" : endpoint.replace(/^https?:\/\//, "").replace(/\/+$/, "");
}

const MAX_SHORT = 36;

/** Where there is little room: the end of a host says whose it is, and anybody can write what stands before it. */
export function shortenAddress(instance: Pick<Instance, "endpoint">): string {
  const address = nameAddress(instance);
  if (address.length <= MAX_SHORT) return address;
  const [host = ""] = address.split("/");
  return host.length < MAX_SHORT ? clip(address, MAX_SHORT) : `…${host.slice(1 - MAX_SHORT)}`;
}
