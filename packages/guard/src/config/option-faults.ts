/** What zod finds wrong with options, as faults: those of a server, of an agent and of a configuration file alike. */
import { createFault, type Fault } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { z } from "zod";
import { describeIssue, type OptionExamples } from "./describe-issue.ts";
import { findEmptiness } from "./empty-value.ts";
import { readAt, suggestFromGiven } from "./suggest-from-given.ts";

/** Words that an option has of its own. */
export interface OptionWords {
  /** What is wrong when it is not of its form. */
  readonly problem: string;
  /** What to write instead. */
  readonly suggestion: string;
  /** The whole form, said with what is wrong inside. */
  readonly form?: string;
}

/** Whose options they are. */
export interface OptionSource {
  /** What they were parsed with; says which keys are known at a place. */
  readonly schema: z.core.$ZodType;
  /** What was parsed; of it a suggestion keeps what can be no secret. Default: suggestions are examples. */
  readonly given?: unknown;
  /** Where they stand in something larger. Default: they are the whole. */
  readonly prefix?: readonly PropertyKey[];
  /** What the whole is called. Default "options". */
  readonly whole?: string;
  /** Options that later releases bring, with when: refused by name, never ignored. Default none. */
  readonly arriving?: Readonly<Record<string, string>>;
  /** By the name of an option of the whole. Default none. */
  readonly words?: Readonly<Record<string, OptionWords>>;
  /** How values are written, by the name of the option at any depth. Default: those of the guard's own options. */
  readonly examples?: OptionExamples;
}

/** A value of the wrong form. The problem never quotes a secret. */
export function createOptionFault(parts: {
  readonly option: string;
  readonly problem: string;
  readonly suggestion?: string;
}): Fault<"CONFIG_OPTION_INVALID"> {
  const { option, ...facts } = parts;
  return createFault({ code: "CONFIG_OPTION_INVALID", at: option, facts });
}

/** Every problem that zod found. */
export function findOptionFaults(error: z.ZodError, source: OptionSource): readonly Fault[] {
  const { prefix = [], whole = "options", words = {}, examples = {} } = source;
  return error.issues.flatMap((issue): readonly Fault[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => createUnknownFault([...issue.path, key], source));
    const option = formatPath(path) || whole;
    const own = words[String(issue.path[0])];
    if (own !== undefined && issue.path.length === 1)
      return [createOptionFault({ option, problem: own.problem, suggestion: own.suggestion })];
    const value = readAt(source.given, issue.path);
    const described = describeIssue({ ...issue, path }, { examples, value });
    // Of another kind is not empty: a list in the place of an object.
    const emptiness =
      issue.code === "invalid_type" && Array.isArray(value) ? undefined : findEmptiness(value);
    const problem = emptiness === undefined ? described.problem : `is ${emptiness}`;
    const suggestion = suggestFromGiven(issue, source.given) ?? described.suggestion;
    const form = own?.form === undefined ? "" : `; the whole form: ${own.form}`;
    return [createOptionFault({ option, problem, suggestion: `${suggestion}${form}` })];
  });
}

function createUnknownFault(path: readonly PropertyKey[], source: OptionSource): Fault {
  const { schema, prefix = [], arriving = {} } = source;
  const at = formatPath([...prefix, ...path]);
  const name = formatPath(path);
  const arrives = Object.hasOwn(arriving, name) ? arriving[name] : undefined;
  if (arrives !== undefined)
    return createFault({ code: "CONFIG_OPTION_UNAVAILABLE", at, facts: { arrives } });
  const known = listKnownKeys(schema, path.slice(0, -1));
  const meant = findMeant(String(path.at(-1)), known);
  const suggestion =
    meant === undefined
      ? `remove it; known here: ${known.join(", ")}`
      : `did you mean "${meant}"? Otherwise remove it`;
  return createFault({
    code: "CONFIG_OPTION_UNKNOWN",
    at,
    facts: { suggestion, ...(meant === undefined ? {} : { meant }) },
  });
}

/** Names that the reference has, or that people guess, and what they are called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  secret_key: "verificationKeys",
  security_key: "securityKey",
  authorization_config: "authorizationConfig",
  auth: "authorization",
  jwt: "authorization",
  origins: "allowedOrigins",
};

/** Other letter case, hyphens and the snake case of Python are the same word; else the nearest one. */
function findMeant(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.replaceAll(/[_\s-]/g, "").toLowerCase();
  const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  if (other !== undefined && known.includes(other)) return other;
  return known.find((option) => plain(option) === plain(name)) ?? nearest(plain(name), known);
}

/** `agents[0].model`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/** The keys that an object has at a place of a schema; none where there is no object. */
export function listKnownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  let place: z.core.$ZodType | undefined = unwrap(schema);
  for (const key of path) {
    if (place instanceof z.ZodObject) {
      const shape: Readonly<Record<string, z.core.$ZodType>> = place.shape;
      place = unwrap(shape[String(key)]);
    } else place = place instanceof z.ZodArray ? unwrap(place.element) : undefined;
  }
  return listKeys(place);
}

/** Of a union those of each of its objects: `database` is a text, or an object. */
function listKeys(place: z.core.$ZodType | undefined): readonly string[] {
  if (place instanceof z.ZodUnion) return place.options.flatMap((option) => listKeys(unwrap(option)));
  return place instanceof z.ZodObject ? Object.keys(place.shape) : [];
}

/** What is inside of "optional", "nullable" and the like. */
function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodDefault
  )
    return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
