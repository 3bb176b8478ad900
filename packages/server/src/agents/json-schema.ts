/**
 * A JSON schema that an author wrote for a tool: checked as a whole, every fault with its place. Ajv
 * (docs/decisions/0047-the-provider-interface.md says why not zod) is loaded only when the first such tool is made.
 */
import { createRequire } from "node:module";
import { isRecord } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import type * as Draft7 from "ajv";
import type * as Draft2020 from "ajv/dist/2020.js";
import type { CompiledParameters, JsonSchema, SchemaFault } from "./compiled-parameters.ts";

type Draft = "draft7" | "draft2020";
type AnyAjv = Draft7.Ajv | Draft2020.Ajv2020;

const DRAFTS: Readonly<Record<Draft, { readonly name: string; readonly uri: string }>> = {
  draft7: { name: "draft 7", uri: "http://json-schema.org/draft-07/schema#" },
  draft2020: { name: "draft 2020-12", uri: "https://json-schema.org/draft/2020-12/schema" },
};

/** The schema, or every fault of it. */
export function compileJsonSchema(parameters: JsonSchema): CompiledParameters {
  const copy = copyJson(parameters);
  if (copy === undefined) return { faults: [NOT_JSON] };
  const { $schema: named, $id: _, ...schema } = copy;
  const draft = typeof named === "string" && /draft-0[67]/.test(named) ? "draft7" : "draft2020";
  const ajv = loadAjv(draft);
  const faults = [
    ...findTypeFaults(schema),
    ...findUnknownKeywords(schema, draft),
    ...findFormFaults(schema, ajv),
  ];
  if (faults.length > 0) return { faults };
  try {
    const validate = ajv.compile(schema);
    return {
      schema: {
        schema: Object.freeze(schema),
        async check(args) {
          if (isRecord(args) && validate(args)) return { ok: true, args };
          const problem = validate.errors?.map(describeError).join("; ") ?? "arguments: not an object";
          return { ok: false, problem };
        },
      },
    };
  } catch (cause) {
    // What only the compiler sees: a reference that leads nowhere, a pattern that is none.
    const words = cause instanceof Error ? cause.message : "it cannot be read";
    return { faults: [{ path: [], problem: `cannot be used: ${words}`, suggestion: suggestFor(words) }] };
  } finally {
    // It keeps what it compiled by the schema object; nobody asks for this one again.
    ajv.removeSchema(schema);
  }
}

const NOT_JSON: SchemaFault = {
  path: [],
  problem: "cannot be written as JSON: it holds a function, or itself",
  suggestion: 'write what repeats once, under "$defs", and refer to it with "$ref"; leave functions out',
};

function copyJson(value: JsonSchema): Record<string, unknown> | undefined {
  try {
    JSON.stringify(value);
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

function suggestFor(words: string): string {
  return words.startsWith("can't resolve reference")
    ? 'add the schema that is meant under "$defs", or correct the "$ref"'
    : "correct the schema";
}

function findTypeFaults(schema: JsonSchema): readonly SchemaFault[] {
  if (schema["type"] === "object") return [];
  const found = schema["type"] === undefined ? 'it has no "type"' : 'its "type" is not "object"';
  return [
    {
      path: [],
      problem: `is no JSON schema of an object: ${found}`,
      suggestion:
        'write { "type": "object", "properties": { … } }: the arguments of a call are always an object',
    },
  ];
}

/** Where schemas stand in a schema: alone, in a list, or by name. A keyword may be more than one. */
const PLACES = {
  one: new Set(
    "additionalItems additionalProperties contains contentSchema else if items not propertyNames then unevaluatedItems unevaluatedProperties".split(
      " ",
    ),
  ),
  list: new Set("allOf anyOf items oneOf prefixItems".split(" ")),
  named: new Set("$defs definitions dependencies dependentSchemas patternProperties properties".split(" ")),
};

/** Notes that Ajv does not list: of the standard, and of OpenAPI, whose schemas are copied here. */
const NOTES: ReadonlySet<string> = new Set(
  "$anchor $vocabulary discriminator example externalDocs xml".split(" "),
);

const KEYWORDS =
  "type properties required description enum const items prefixItems additionalProperties patternProperties propertyNames minProperties maxProperties minItems maxItems uniqueItems contains minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf allOf anyOf oneOf not title default examples deprecated readOnly writeOnly nullable dependentRequired dependentSchemas unevaluatedProperties unevaluatedItems $ref $defs definitions $comment".split(
    " ",
  );

/** The standard takes an unknown word for a note, so a misspelt "required" would require nothing. */
function findUnknownKeywords(
  schema: unknown,
  draft: Draft,
  path: SchemaFault["path"] = [],
): readonly SchemaFault[] {
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]): readonly SchemaFault[] => {
    const at = [...path, key];
    if (!isKeyword(key, draft)) return [{ path: at, ...describeUnknown(key, draft) }];
    if (PLACES.list.has(key) && Array.isArray(value))
      return value.flatMap((item, index) => findUnknownKeywords(item, draft, [...at, index]));
    if (PLACES.one.has(key)) return findUnknownKeywords(value, draft, at);
    if (!PLACES.named.has(key) || !isRecord(value)) return [];
    return Object.entries(value).flatMap(([name, item]) => findUnknownKeywords(item, draft, [...at, name]));
  });
}

function isKeyword(key: string, draft: Draft): boolean {
  return key.startsWith("x-") || NOTES.has(key) || Object.hasOwn(loadAjv(draft).RULES.keywords, key);
}

function describeUnknown(key: string, draft: Draft): Omit<SchemaFault, "path"> {
  const other = draft === "draft7" ? "draft2020" : "draft7";
  if (isKeyword(key, other))
    return {
      problem: `is not a keyword of JSON schema ${DRAFTS[draft].name}, but of ${DRAFTS[other].name}`,
      suggestion: `write "$schema": "${DRAFTS[other].uri}" at the top, or remove it`,
    };
  const meant = nearest(key, KEYWORDS);
  return {
    problem: "is not a keyword of JSON schema",
    suggestion:
      meant === undefined
        ? 'remove it; a note of your own begins with "x-"'
        : `did you mean "${meant}"? Otherwise remove it`,
  };
}

/** Keywords whose value is of the wrong form: a "type" that does not exist, a "required" that is no list. */
function findFormFaults(schema: JsonSchema, ajv: AnyAjv): readonly SchemaFault[] {
  if (ajv.validateSchema(schema) === true) return [];
  const byPlace = new Map<string, Draft7.ErrorObject>();
  // Of the several ways to fail at one place the first is the plainest; a list of allowed values says most.
  for (const error of ajv.errors ?? []) {
    const known = byPlace.get(error.instancePath);
    if (known === undefined || (known.keyword !== "enum" && error.keyword === "enum"))
      byPlace.set(error.instancePath, error);
  }
  return [...byPlace.values()].map(({ instancePath, message: words = "is not valid", params }) => {
    const path = readPointer(instancePath);
    // Of several types it writes "must be object,boolean".
    const message = words.replace(",", " or ");
    const values: unknown = params["allowedValues"];
    if (!Array.isArray(values))
      return { path, problem: message, suggestion: `correct the value: it ${message}` };
    const written = readAt(schema, path);
    const meant = typeof written === "string" ? nearest(written, values.map(String)) : undefined;
    const all = values.map((value) => JSON.stringify(value)).join(", ");
    return {
      path,
      problem: `must be one of ${all}`,
      suggestion: meant === undefined ? `use one of ${all}` : `did you mean "${meant}"?`,
    };
  });
}

function readPointer(pointer: string): readonly (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~")));
}

function readAt(value: unknown, path: SchemaFault["path"]): unknown {
  return path.reduce<unknown>(
    (place, key) =>
      typeof place === "object" && place !== null ? (place as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function describeError({ instancePath, message = "not valid" }: Draft7.ErrorObject): string {
  return `${instancePath.slice(1).replaceAll("/", ".") || "arguments"}: ${message}`;
}

const loaded: { draft7?: Draft7.Ajv; draft2020?: Draft2020.Ajv2020 } = {};
const require = createRequire(import.meta.url);

/**
 * Formats are notes, as the standard has it. No defaults are filled in: arguments are judged, not changed. Ajv's strict
 * mode is off: it names one fault without its place, and refuses what is only unusual.
 */
function loadAjv(draft: Draft): AnyAjv {
  const options = { strict: false, validateFormats: false, logger: false } as const;
  if (draft === "draft7") {
    loaded.draft7 ??= new (require("ajv") as typeof Draft7).Ajv(options);
    return loaded.draft7;
  }
  loaded.draft2020 ??= new (require("ajv/dist/2020.js") as typeof Draft2020).Ajv2020(options);
  return loaded.draft2020;
}
