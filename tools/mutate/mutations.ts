// Every way in which one check of a source file can be wrong: conditions that always or never hold, comparisons
// negated or moved by one, `&&` for `||`, one half of a condition missing, an entry missing from a list, a limit off by
// one, an anchor or a flag missing from a pattern, a call or a statement left out. Reads the syntax, runs nothing.
import { parseSync } from "oxc-parser";

export interface Mutation {
  readonly line: number;
  /** The whole source line, trimmed: with `from` and `to` it names the mutation wherever the line moves. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

type Edit = readonly [start: number, end: number, to: string];

/** All mutations of a file, in the order of its text. */
export function listMutations(path: string, text: string): readonly Mutation[] {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const found = new Map<string, Mutation>();
  walk(program, (node) => {
    for (const [start, end, to] of edit(node, text)) {
      const before = text.slice(0, start);
      const lineStart = before.lastIndexOf("\n") + 1;
      const lineEnd = text.indexOf("\n", start);
      found.set(`${start} ${end} ${to}`, {
        line: before.split("\n").length,
        code: text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).trim(),
        start,
        end,
        from: text.slice(start, end),
        to,
      });
    }
  });
  return [...found.values()].toSorted((a, b) => a.start - b.start || a.end - b.end);
}

export function applyMutation(text: string, { start, end, to }: Mutation): string {
  return text.slice(0, start) + to + text.slice(end);
}

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (isNode(value)) {
    if (value.type === "ImportDeclaration") return;
    // Types decide nothing at run time; `x as T` and `x satisfies T` still hold an expression.
    if (value.type.startsWith("TS")) return walk(value["expression"], visit);
    visit(value);
    for (const child of Object.values(value)) walk(child, visit);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
};
const OPPOSITE_METHODS: Readonly<Record<string, string>> = { some: "every", every: "some" };
const DROPPED_CALLS: ReadonlySet<unknown> = new Set(["slice", "trim", "toLowerCase", "filter"]);

/** The edits of one node. */
function edit(node: SyntaxNode, text: string): readonly Edit[] {
  const source = (part: unknown) => (isNode(part) ? text.slice(part.start, part.end) : "");
  const replace = (part: unknown, to: string): Edit[] => (isNode(part) ? [[part.start, part.end, to]] : []);
  const whole = (to: string): Edit => [node.start, node.end, to];
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return [...replace(node["test"], "true"), ...replace(node["test"], "false")];
    case "ForStatement":
      return replace(node["test"], "false");
    case "ForOfStatement":
      return replace(node["right"], "[]");
    case "BinaryExpression": {
      const [left, right] = [node["left"], node["right"]];
      const operators = COMPARISONS[String(node["operator"])] ?? [];
      return operators.map((operator) => whole(`${source(left)} ${operator} ${source(right)}`));
    }
    case "LogicalExpression": {
      const [left, right] = [source(node["left"]), source(node["right"])];
      const swapped = { "&&": "||", "||": "&&" }[String(node["operator"])];
      return [
        whole(left),
        whole(right),
        // In brackets: what surrounds it must keep its meaning.
        ...(swapped === undefined ? [] : [whole(`((${left}) ${swapped} (${right}))`)]),
      ];
    }
    case "UnaryExpression":
      return node["operator"] === "!" ? [whole(source(node["argument"]))] : [];
    case "ArrayExpression":
      return removeEach(node["elements"], source).map((rest) => whole(`[${rest}]`));
    case "ExpressionStatement":
      return node["directive"] === undefined || node["directive"] === null ? [whole(";")] : [];
    case "CallExpression":
      return editCall(node, source);
    case "Literal":
      return editLiteral(node).map(whole);
    default:
      return [];
  }
}

function removeEach(elements: unknown, source: (part: unknown) => string): readonly string[] {
  const texts = Array.isArray(elements) ? elements.map(source) : [];
  return texts.map((_, left) => texts.filter((_text, at) => at !== left).join(", "));
}

function editCall(node: SyntaxNode, source: (part: unknown) => string): readonly Edit[] {
  const { callee, arguments: passed } = node;
  if (!isNode(callee) || callee.type !== "MemberExpression") return [];
  const { object, property } = callee;
  const name = source(property);
  if (!isNode(object) || !isNode(property)) return [];
  const first: unknown = Array.isArray(passed) ? passed[0] : undefined;
  const opposite = OPPOSITE_METHODS[name];
  if (opposite !== undefined) return [[property.start, property.end, opposite]];
  if (DROPPED_CALLS.has(name)) return [[node.start, node.end, source(object)]];
  if (source(callee) === "Object.freeze") return [[node.start, node.end, `(${source(first)})`]];
  // A list written as one text with spaces.
  if (name === "split" && typeof object["value"] === "string") {
    const words = object["value"].split(" ");
    return words.map((word): Edit => {
      const rest = words.filter((other) => other !== word).join(" ");
      return [object.start, object.end, JSON.stringify(rest)];
    });
  }
  return [];
}

function editLiteral({ value, regex }: SyntaxNode): readonly string[] {
  if (typeof value === "boolean") return [String(!value)];
  if (typeof value === "number") return [String(value + 1), ...(value > 0 ? [String(value - 1)] : [])];
  if (typeof regex !== "object" || regex === null || !("pattern" in regex) || !("flags" in regex)) return [];
  const [pattern, flags] = [String(regex.pattern), String(regex.flags)];
  return [
    ...(pattern.startsWith("^") ? [`/${pattern.slice(1)}/${flags}`] : []),
    ...(pattern.endsWith("$") ? [`/${pattern.slice(0, -1)}/${flags}`] : []),
    ...Array.from(flags, (flag) => `/${pattern}/${flags.replace(flag, "")}`),
  ];
}
