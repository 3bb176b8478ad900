// docs/reference/authorization-config.md: every option and environment name. Types come from zod or the declared
// type, words from the TSDoc in the source. An option without words or without a default fails the generation.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { authorizationConfigSchema, corsSchema } from "@agentos/guard/app";
import { z } from "zod";
import { anchor, code, EDITION, GENERATED, table, upperFirst } from "./markdown.ts";
import { type Member, readMembers } from "./read-tsdoc.ts";

const source = (path: string) => join(import.meta.dirname, "../../packages", path);
const config = (file: string) => source(`guard/src/config/${file}`);

export function optionsPage(): string {
  const unsafe = authorizationConfigSchema.shape.unsafe.unwrap();
  const issuers = authorizationConfigSchema.shape.issuers.unwrap().element;
  return [
    `${GENERATED}# Configuration of authorization`,
    `${EDITION} Options are checked once, at the start: an unknown or impossible one stops it, and every fault is named at once ([errors](errors.md)).`,
    "## `new AgentOS(options)` and `createAuthGuard(options)`",
    "Both take these.",
    declaredTable(readMembers(config("auth-options.ts"), "AuthOptions")),
    "`new AgentOS` also takes these.",
    declaredTable([
      ...readMembers(source("guard/src/app/guarded-app-options.ts"), "GuardedAppOptions"),
      ...readMembers(source("server/src/agent-os/agent-os-options.ts"), "AgentOSOptions"),
    ]),
    "## `database`",
    "As a text, or as an object with these; what is kept there, and how it is operated: [state](../state.md).",
    declaredTable(readMembers(source("server/src/agent-os/database-options.ts"), "DatabaseOptions")),
    "## `retention`",
    "With or without a fraction; what is too old is deleted in small batches.",
    declaredTable(readMembers(source("server/src/agent-os/database-options.ts"), "RetentionOptions")),
    "## `limits`",
    "How much runs may take of one process: [limits](limits.md).",
    "## `authorizationConfig`",
    "How tokens are verified and what they must carry. All are optional.",
    schemaTable(authorizationConfigSchema, "authorizationConfigSchema", { skip: ["unsafe"] }),
    `${anchor("issuers")}\n## \`authorizationConfig.issuers\``,
    "Each is one trusted issuer. Its tokens are verified with its own keys only, and with what stands here; keys outside this list are for the tokens of `issuer`, or without it for tokens that name no issuer at all.",
    schemaTable(issuers, "issuerSchema", { file: "issuer-options.ts" }),
    `${anchor("unsafe")}\n## \`authorizationConfig.unsafe\``,
    "Each of these weakens a check, as far as its text says and no further. Each one that is set is printed as a warning at every start.",
    schemaTable(unsafe, "unsafeOptionsSchema"),
    "## `cors`",
    schemaTable(corsSchema, "corsSchema"),
    "## Environment",
    "Read by `new AgentOS` and `createAuthGuard` when they are created. An empty value counts as unset, and the start says that it is empty; an option in code wins.",
    environmentTable(),
    "",
  ].join("\n\n");
}

const HEAD = ["option", "type", "default", "effect"];

function schemaTable(
  schema: z.ZodObject,
  constant: string,
  { skip = [], file = "auth-options.ts" }: { readonly skip?: readonly string[]; readonly file?: string } = {},
): string {
  const members = new Map(readMembers(config(file), constant).map((member) => [member.name, member]));
  const rows = Object.entries(schema.shape).flatMap(([name, value]) => {
    if (skip.includes(name)) return [];
    const { effect, fallback } = explain(members.get(name) ?? { name, type: "", doc: undefined });
    return [[code(name), code(typeOf(z.toJSONSchema(value, { io: "input" }))), fallback, effect]];
  });
  return table(HEAD, rows);
}

/** Every member of an interface; each one's TSDoc says its default. */
export function declaredTable(members: readonly Member[]): string {
  return table(
    HEAD,
    members.map((member) => {
      const { effect, fallback } = explain(member);
      return [code(member.name), code(member.type.replaceAll(/ \| undefined$/g, "")), fallback, effect];
    }),
  );
}

/** Each setting's TSDoc begins with the name; all names that the code reads must be there, and no others. */
function environmentTable(): string {
  const file = config("environment.ts");
  const read = [...readFileSync(file, "utf8").matchAll(/\bread(?:Switch)?\("(\w+)"\)/g)].map(
    (match) => match[1] ?? "",
  );
  const rows = readMembers(file, "EnvironmentSettings").map((member) => {
    const match = /^`(\w+)`: (.+)$/.exec(member.doc ?? "");
    if (match === null)
      throw new Error(`EnvironmentSettings.${member.name}: its TSDoc does not begin with the name`);
    const { effect, fallback } = explain({ ...member, doc: match[2] });
    return [match[1] ?? "", fallback, upperFirst(effect)] as const;
  });
  const documented = rows.map(([name]) => name);
  const difference = [
    ...documented.filter((name) => !read.includes(name)),
    ...read.filter((name) => !documented.includes(name)),
  ];
  if (difference.length > 0)
    throw new Error(`environment names read and documented differ: ${difference.join(", ")}`);
  return table(
    ["name", "default", "effect"],
    rows.map(([name, ...cells]) => [code(name), ...cells]),
  );
}

/** Splits "Does this. Default that; else more." into effect and default. */
function explain({ name, doc }: Member): { readonly effect: string; readonly fallback: string } {
  const match = /\bDefault:? (.+?)(?:\.(?=\s|$)|;)\s*/.exec(doc ?? "");
  if (doc === undefined || match === null)
    throw new Error(`option "${name}": its TSDoc must end with "Default …."`);
  const [sentence, fallback = ""] = match;
  const after = doc.slice(match.index + sentence.length);
  const effect = `${doc.slice(0, match.index)}${upperFirst(after)}`.trim();
  return { effect, fallback };
}

/** A JSON Schema as TypeScript would write it. */
function typeOf(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === "boolean") return "unknown";
  const { type, anyOf, items, additionalProperties = {} } = schema;
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" | ");
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (type === "array") return `${Array.isArray(items) ? "unknown" : typeOf(items ?? {})}[]`;
  if (type === "object" && schema.properties !== undefined) return "Issuer";
  if (type === "object") return `Record<string, ${typeOf(additionalProperties)}>`;
  return typeof type === "string" ? type : "unknown";
}
