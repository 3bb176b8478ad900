/** Values that are well-formed and yet cannot work, or would give away more than they seem to. */
import {
  findSecretWeakness,
  isSigningAlgorithm,
  nameCharacter,
  parseScope,
  SIGNING_ALGORITHMS,
  showAlgorithm,
} from "@agentos/auth";
import {
  ADMIN_SCOPE,
  createFault,
  type Fault,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  SERVICE_ACCOUNT_TOKEN_PREFIX,
} from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { findEmptiness } from "./empty-value.ts";

const MINIMUM_KEY_CHARACTERS = 16;
const MINIMUM_DIFFERENT_CHARACTERS = 5;

/** The shared key, and where it was written. */
export interface GivenSecurityKey {
  readonly at: string;
  readonly key: string;
}

/** Of the shared key; its value is in no fault. */
export function findSecurityKeyFaults({ at, key }: GivenSecurityKey): readonly Fault[] {
  const where = at === "OS_SECURITY_KEY" ? {} : { shell: false };
  const invalid = describeUnusable(key);
  if (invalid !== undefined)
    return [createFault({ code: "CONFIG_SECURITY_KEY_INVALID", at, facts: { ...invalid, ...where } })];
  const different = new Set(key).size;
  const problem =
    key.length < MINIMUM_KEY_CHARACTERS
      ? `it has ${key.length} characters, fewer than ${MINIMUM_KEY_CHARACTERS}`
      : different < MINIMUM_DIFFERENT_CHARACTERS
        ? `it is made of ${different === 1 ? "one character" : `${different} characters`} over and over`
        : findSecretWeakness(key);
  return problem === undefined
    ? []
    : [createFault({ code: "CONFIG_SECURITY_KEY_WEAK", at, facts: { problem, ...where } })];
}

/** Why no request could carry it, or why it would never be compared. */
function describeUnusable(
  key: string,
): { readonly problem: string; readonly suggestion?: string; readonly shell?: false } | undefined {
  const emptiness = findEmptiness(key);
  if (emptiness !== undefined) return { problem: `is ${emptiness}` };
  // Service accounts' tokens go another way (contract 1.6).
  if (key.startsWith(SERVICE_ACCOUNT_TOKEN_PREFIX))
    return {
      problem: `begins with "${SERVICE_ACCOUNT_TOKEN_PREFIX}", so it is taken for the token of a service account`,
    };
  if (/[\r\n]$/.test(key))
    return {
      problem: "ends with a line break, which no header can carry",
      suggestion: "remove the line break at its end; the clients keep the key that they have",
      shell: false,
    };
  if (key !== key.trim())
    return {
      problem: "has white space around it, which no header carries",
      suggestion: "remove the white space around it; the clients keep the key that they have",
      shell: false,
    };
  const bad = /[^\x21-\x2b\x2d-\x7e]/u.exec(key);
  return bad === null
    ? undefined
    : { problem: `has ${nameCharacter(bad[0])} in it, which a header does not carry unchanged` };
}

/** An admin scope that people also get for something ordinary would make all of them administrators. */
export function findAdminScopeFaults(adminScope: string, at: string): readonly Fault[] {
  const parsed = parseScope(adminScope, ADMIN_SCOPE);
  if (parsed.kind !== "scope") return [];
  const resource = SCOPE_RESOURCE_ALIASES[parsed.resource] ?? parsed.resource;
  if (!Object.hasOwn(SCOPE_RESOURCES, resource)) return [];
  const facts = { scope: adminScope, default_scope: ADMIN_SCOPE, example: "my_company:admin" };
  return [createFault({ code: "CONFIG_ADMIN_SCOPE_ORDINARY", at, facts })];
}

/** One fault for the option, instead of one for each key that it is for. */
export function findAlgorithmFaults(algorithm: string | undefined, at: string): readonly Fault[] {
  if (algorithm === undefined || isSigningAlgorithm(algorithm)) return [];
  const meant = nearest(algorithm, SIGNING_ALGORITHMS);
  const isOtherCase = meant !== undefined && meant.toLowerCase() === algorithm.toLowerCase();
  const spelled = `${isOtherCase ? "it is case-sensitive: " : ""}write ${meant === undefined ? "that of the signer" : `"${meant}"`}`;
  const suggestion = `${spelled}, or leave it out to let the key decide`;
  return [
    createFault({
      code: "KEY_ALGORITHM_UNKNOWN",
      at,
      facts: { algorithm: showAlgorithm(algorithm), suggestion },
    }),
  ];
}
