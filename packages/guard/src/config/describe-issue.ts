/** What zod found, as people say it: what is wrong, and what to write instead. The value itself is never shown. */
import type { z } from "zod";

/** What zod found, for people. */
export interface DescribedIssue {
  /** What is wrong: a phrase that follows the name of the option. */
  readonly problem: string;
  /** What to write instead: an example where one can be copied, else what belongs there. */
  readonly suggestion: string;
}

const TYPES: Readonly<Record<string, readonly [words: string, example?: string]>> = {
  string: ["a text"],
  number: ["a number", "10"],
  int: ["a whole number", "10"],
  boolean: ["true or false", "true"],
  array: ["a list"],
  object: ["an object"],
  record: ["an object"],
};

/** How the value of an option is written, by its name; `name[]` is an item of the list of that name. */
export type OptionExamples = Readonly<Record<string, string>>;

/** Of the options of the guard itself. */
const EXAMPLES: OptionExamples = {
  allowedScopes: '["agents:read"]',
  "allowedScopes[]": '"agents:read"',
  allowedOrigins: '["http://localhost:3000"]',
  "allowedOrigins[]": '"http://localhost:3000"',
  id: '"my-agent"',
  issuerName: '"default"',
  jwksFile: '"jwks.json"',
  sharesUsersWith: '"default"',
  subjectPrefix: '"partner:"',
};

/** What belongs there where only the person has it: an example would be copied, and be wrong. */
const MEANT: OptionExamples = {
  audience: 'the "aud" of your tokens',
  issuer: 'the "iss" of your tokens, to the letter',
  issuers: 'a list of objects, each with the "issuer" of the tokens that it is for',
  "issuers[]": 'an object with the "issuer" of the tokens that it is for',
  jwksUrl: "the https address of the key set",
  verificationKeys: "a list of public keys, each in PEM or as a JWK",
  "verificationKeys[]": "a public key in PEM or as a JWK",
};

/** What is known beside the issue. */
export interface IssueContext {
  /** Count before those of the guard. */
  readonly examples: OptionExamples;
  /** What was written; only its kind is shown, and a number. */
  readonly value: unknown;
}

/** Describes one issue that is not about an unknown key. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  { examples, value: written }: IssueContext,
): DescribedIssue {
  const { isItem, name } = placeOf(issue.path);
  const key = isItem ? `${name}[]` : name;
  const example = findExample(key, examples);
  /** In words where there is no example: `kind` for an option that nothing is known of. */
  const propose = (kind: string, generic = example): string => {
    if (generic !== undefined)
      return isItem || name === "" ? `write ${generic}` : `write "${name}": ${generic}`;
    const meant = (Object.hasOwn(MEANT, key) ? MEANT[key] : undefined) ?? kind;
    return isItem || name === "" ? `write ${meant}` : `set "${name}" to ${meant}`;
  };
  // The option has words of its own for this.
  if (issue.code !== "invalid_format" && !/^(?:Invalid|Too|Unrecognized|Expected)/.test(issue.message))
    return { problem: issue.message, suggestion: suggestionOf(issue) ?? propose("a value of that form") };
  switch (issue.code) {
    case "invalid_type": {
      const [words, generic] = TYPES[issue.expected] ?? [`a value of type ${issue.expected}`];
      if (!issue.message.endsWith("received undefined"))
        return {
          problem: `must be ${words}${found(written)}`,
          suggestion: propose(words, example ?? generic),
        };
      return {
        problem: "is required",
        suggestion: propose(words, example ?? generic).replace(/^write/, "add"),
      };
    }
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value)).join(", ");
      return { problem: `must be one of ${values}`, suggestion: `use one of ${values}` };
    }
    case "invalid_union": {
      const words = "a text or a list of texts";
      return { problem: `must be ${words}${found(written)}`, suggestion: propose(words) };
    }
    case "too_small": {
      if (issue.origin !== "string" && issue.origin !== "array")
        return {
          problem: `must be ${issue.minimum} or more${foundNumber(written)}`,
          suggestion: `give a number of ${issue.minimum} or more`,
        };
      const words = issue.origin === "string" ? "a text" : "a list with one entry or more";
      return { problem: "is empty", suggestion: `${propose(words)}, or leave it out` };
    }
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? {
            problem: `is too long: ${issue.maximum} at most${foundLength(written)}`,
            suggestion: `shorten it to ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"}`,
          }
        : {
            problem: `must be ${issue.maximum} or less${foundNumber(written)}`,
            suggestion: `give a number of ${issue.maximum} or less`,
          };
    case "invalid_format": {
      const isOwnText = !issue.message.startsWith("Invalid");
      return {
        problem: isOwnText ? issue.message : "has characters that cannot stand here",
        suggestion: propose('a name of letters, digits and "-"'),
      };
    }
    default:
      return {
        problem: lowerFirst(issue.message.replace(/^Invalid input: /, "")),
        suggestion: propose("a value of that form"),
      };
  }
}

/** How long it is; no secret is told by that. */
function foundLength(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? `, and it has ${value.length}` : "";
}

/** A number that is out of its range; no secret is one. */
function foundNumber(value: unknown): string {
  return typeof value === "number" ? `, and is ${value}` : "";
}

/** The kind of what was found, beside what was expected; a value of the wrong kind may be a secret all the same. */
function found(value: unknown): string {
  if (value === null) return ", and is null";
  const kind = Array.isArray(value) ? "array" : typeof value;
  const [words] = TYPES[kind] ?? [];
  return words === undefined ? "" : `, and is ${typeof value === "boolean" ? String(value) : words}`;
}

/** What the check that found it says to do, in its `params`. */
function suggestionOf(issue: z.core.$ZodIssue): string | undefined {
  const suggestion: unknown = issue.code === "custom" ? issue.params?.["suggestion"] : undefined;
  return typeof suggestion === "string" ? suggestion : undefined;
}

/** The option that an issue is about, by its own name. */
export function placeOf(path: readonly PropertyKey[]): {
  readonly name: string;
  readonly isItem: boolean;
} {
  const last = path.at(-1);
  const isItem = typeof last === "number";
  return { name: String((isItem ? path.at(-2) : last) ?? ""), isItem };
}

function findExample(key: string, given: OptionExamples): string | undefined {
  return [given, EXAMPLES].find((examples) => Object.hasOwn(examples, key))?.[key];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
