/**
 * Path templates: `/agents/{agent_id}/runs`. This is the only reader of `{name}` in a path; routing, rules, OpenAPI and
 * tools all work on what it gives.
 */

/** A piece of a text: as it is written, or a parameter in its place. */
export type TemplatePart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string };

/** A path template, parsed once. */
export interface Template {
  /** As written, which is also how OpenAPI writes it. */
  readonly text: string;
  /** One for each segment between slashes. A segment that only contains `{name}` among other text is a literal. */
  readonly segments: readonly TemplatePart[];
  /** Names of the parameters, in their order. */
  readonly parameters: readonly string[];
}

const PARAMETER = /\{(\w+)\}/;

/** Takes any text with `{name}` in it apart. */
export function splitParameters(text: string): readonly TemplatePart[] {
  return text.split(PARAMETER).flatMap((part, index): TemplatePart[] => {
    if (index % 2 === 1) return [{ kind: "parameter", name: part }];
    return part === "" ? [] : [{ kind: "literal", text: part }];
  });
}

/** Parses a template. Every text is one: what is wrong with it says {@link findTemplateProblem}. */
export function parseTemplate(text: string): Template {
  const segments = segmentsOf(text).map((segment): TemplatePart => {
    const [part, ...more] = splitParameters(segment);
    return part?.kind === "parameter" && more.length === 0 ? part : { kind: "literal", text: segment };
  });
  const parameters = segments.flatMap((segment) => (segment.kind === "parameter" ? [segment.name] : []));
  return { text, segments, parameters };
}

/** Why a router would read a template otherwise than it is meant; undefined for a good one. */
export function findTemplateProblem({ segments, parameters }: Template): string | undefined {
  // Routers keep values in objects, where this name is no key.
  if (parameters.includes("__proto__")) return 'a parameter is named "__proto__"';
  if (new Set(parameters).size < parameters.length) return "a parameter is named twice";
  return segments.some((segment) => segment.kind === "literal" && /[{}:*]/.test(segment.text))
    ? 'a segment is either "{name}" or text without "{", "}", ":" and "*"'
    : undefined;
}

/** The decoded parameters of a path that the template matches, or undefined. A parameter is one segment, never empty. */
export function matchTemplate(
  { segments }: Template,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const given = segmentsOf(path);
  if (given.length !== segments.length) return undefined;
  const parameters: (readonly [name: string, value: string])[] = [];
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? "";
    if (segment.kind === "literal" ? value !== segment.text : value === "") return undefined;
    if (segment.kind === "parameter") parameters.push([segment.name, decode(value)]);
  }
  return Object.fromEntries(parameters);
}

/** The path that a template spells with these values, as they are: nothing is encoded. */
export function fillTemplate({ segments }: Template, valueOf: (name: string) => string): string {
  return segments
    .map((segment) => `/${segment.kind === "literal" ? segment.text : valueOf(segment.name)}`)
    .join("");
}

/** The template without the names of its parameters: two routes of one shape are one route. */
export function shapeOf(template: Template): string {
  return fillTemplate(template, () => "{}");
}

/** The template as Hono writes it. */
export function toRouterPath(template: Template): string {
  return fillTemplate(template, (name) => `:${name}`);
}

/** Sorts a fixed segment before a parameter in its place, so that the more specific route is tried first. */
export function compareTemplates(a: Template, b: Template): number {
  const [left, right] = [a, b].map((template) => fillTemplate(template, () => "\uffff"));
  if (left === undefined || right === undefined || left === right) return 0;
  return left < right ? -1 : 1;
}

function segmentsOf(path: string): readonly string[] {
  return (path.startsWith("/") ? path.slice(1) : path).split("/");
}

/** A segment that does not decode stays as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
