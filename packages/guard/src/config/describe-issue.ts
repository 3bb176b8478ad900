/** What zod found, as people say it: what is wrong, and what to write instead. The value itself is never shown. */
import type { z } from "zod";

/** What zod found, for people. */
export interface DescribedIssue {
  /** What is wrong: a phrase that follows the name of the option. */
  readonly problem: string;
  /** What to write instead, with an example where there is one. */
  readonly suggestion: string;
}

const TYPES: Readonly<Record<string, readonly [words: string, example: string]>> = {
  string: ["a text", '"…"'],
  number: ["a number", "10"],
  int: ["a whole number", "10"],
  boolean: ["true or false", "true"],
  array: ["a list", "[…]"],
  object: ["an object", "{ … }"],
  record: ["an object", "{ … }"],
};

const AGENT = '{ "id": "my-agent", "model": "offline:echo" }';
const SCRIPT = '{ "steps": [{ "text": "Hello" }] }';

/** By the name of the option; a number in the path stands for an item of the list before it. */
const EXAMPLES: Readonly<Record<string, string>> = {
  agents: `[${AGENT}]`,
  "agents[]": AGENT,
  allowedOrigins: '["https://app.example.com"]',
  "allowedOrigins[]": '"https://app.example.com"',
  authorization: '{ "verificationKeys": ["file:agentos-public.pem"] }',
  database: "null",
  id: '"my-agent"',
  instructions: '"Be brief."',
  issuer: '"https://issuer.example.com"',
  issuers: '[{ "issuer": "https://issuer.example.com" }]',
  "issuers[]": '{ "issuer": "https://issuer.example.com" }',
  jwksFile: '"jwks.json"',
  jwksUrl: '"https://issuer.example.com/jwks.json"',
  model: '"offline:echo"',
  script: SCRIPT,
  steps: '[{ "text": "Hello" }]',
  "steps[]": '{ "text": "Hello" }',
  tools: '["get_time"]',
  "tools[]": '"get_time"',
  verificationKeys: '["file:agentos-public.pem"]',
  "verificationKeys[]": '"file:agentos-public.pem"',
};

/** Describes one issue that is not about an unknown key. */
export function describeIssue(issue: z.core.$ZodIssue): DescribedIssue {
  const { example, isItem, name } = placeOf(issue.path);
  const write = (value: string) => (isItem || name === "" ? `write ${value}` : `write "${name}": ${value}`);
  // The option has words of its own for this.
  if (issue.code !== "invalid_format" && !/^(?:Invalid|Too|Unrecognized|Expected)/.test(issue.message))
    return {
      problem: issue.message,
      suggestion: example === undefined ? `give "${name}" a value of that form` : write(example),
    };
  switch (issue.code) {
    case "invalid_type": {
      const [words, generic] = TYPES[issue.expected] ?? [`of type ${issue.expected}`, "…"];
      const shown = example ?? generic;
      if (!issue.message.endsWith("received undefined"))
        return { problem: `must be ${words}`, suggestion: write(shown) };
      return { problem: "is required", suggestion: isItem ? `add ${shown}` : `add "${name}": ${shown}` };
    }
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value)).join(", ");
      return { problem: `must be one of ${values}`, suggestion: `use one of ${values}` };
    }
    case "invalid_union":
      return {
        problem: "must be a text or a list of texts",
        suggestion: `${write(example ?? '"…"')}, or a list: ["…", "…"]`,
      };
    case "too_small":
      if (issue.origin === "string")
        return { problem: "must not be empty", suggestion: `${write(example ?? '"…"')}, or leave it out` };
      return issue.origin === "array"
        ? { problem: "must not be empty", suggestion: `${write(example ?? "[…]")} with one entry or more` }
        : {
            problem: `must be ${issue.minimum} or more`,
            suggestion: `give a number of ${issue.minimum} or more`,
          };
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? {
            problem: `is too long: ${issue.maximum} at most`,
            suggestion: `shorten it to ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"}`,
          }
        : {
            problem: `must be ${issue.maximum} or less`,
            suggestion: `give a number of ${issue.maximum} or less`,
          };
    case "invalid_format": {
      const isOwnText = !issue.message.startsWith("Invalid");
      return {
        problem: isOwnText ? issue.message : "has characters that cannot stand here",
        suggestion: write(example ?? '"…" with letters, digits and "-" only'),
      };
    }
    default:
      return {
        problem: lowerFirst(issue.message.replace(/^Invalid input: /, "")),
        suggestion: write(example ?? "a value of this form"),
      };
  }
}

function placeOf(path: readonly PropertyKey[]): {
  readonly name: string;
  readonly isItem: boolean;
  readonly example: string | undefined;
} {
  const last = path.at(-1);
  const isItem = typeof last === "number";
  const name = String((isItem ? path.at(-2) : last) ?? "");
  const key = isItem ? `${name}[]` : name;
  return { name, isItem, example: Object.hasOwn(EXAMPLES, key) ? EXAMPLES[key] : undefined };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
