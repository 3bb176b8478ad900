/**
 * Patterns of scope rules, and how they relate to route templates. `{name}` is one segment, `*` crosses slashes.
 *
 * INVARIANT: a rule is only called unrelated when no request of the route can match it; a rule that is missed would
 * be a restriction that silently does not hold.
 */
import { fillTemplate, splitParameters, type Template } from "@agentos/contract";

/** `always` and `never` are decided at start; `sometimes` depends on the values of the parameters. */
export type Relation = "always" | "sometimes" | "never";

/** Most states that a pattern remembers; one that has more is matched as well, only more slowly. */
const MAX_STATES = 1_000;

/** Places in a pattern that a text may have reached, and where each character leads from there. */
interface State {
  readonly places: ReadonlySet<number>;
  readonly next: Map<string, State>;
}

/**
 * Tells whether a path matches a pattern, in time proportional to the path: paths come from strangers. What a character
 * does at some places of the pattern is found out once and then looked up. `onStep` is told each time that it is found out.
 */
export function compilePattern(path: string, onStep: () => void = () => {}): (text: string) => boolean {
  const steps = toSteps(path);
  const named = new Set(
    steps.flatMap((step) => (typeof step.accepts === "object" ? [step.accepts.character] : [])),
  );
  const states = new Map<string, State>();
  const first: State = { places: follow(steps, [0]), next: new Map() };

  function stateAt(places: ReadonlySet<number>): State {
    const name = [...places].toSorted((a, b) => a - b).join(" ");
    const known = states.get(name);
    if (known !== undefined) return known;
    if (states.size >= MAX_STATES) {
      // All others hang on the first one.
      states.clear();
      first.next.clear();
    }
    const state: State = { places, next: new Map() };
    states.set(name, state);
    return state;
  }

  function advance({ places }: State, character: string): State {
    onStep();
    const next: number[] = [];
    for (const index of places) {
      const step = steps[index];
      if (step !== undefined && accepts(step, character)) next.push(step.isRepeated ? index : index + 1);
    }
    return stateAt(follow(steps, next));
  }

  return (text) => {
    let state = first;
    for (const character of text) {
      if (state.places.size === 0) return false;
      // Characters that the pattern does not name are all alike to it, but for the slash.
      const kind = character === "/" || named.has(character) ? character : "";
      let next = state.next.get(kind);
      if (next === undefined) state.next.set(kind, (next = advance(state, character)));
      state = next;
    }
    return state.places.has(steps.length);
  };
}

/** The places reached, and those behind repeated wildcards that may also stand for nothing. */
function follow(steps: readonly Step[], places: readonly number[]): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const place of places) {
    let index = place;
    reached.add(index);
    while (steps[index]?.isRepeated === true) reached.add((index += 1));
  }
  return reached;
}

function accepts({ accepts: accepted }: Step, character: string): boolean {
  if (typeof accepted === "object") return accepted.character === character;
  return accepted === "anything" || character !== "/";
}

/** Stands for "any value" of a parameter: only a wildcard of a pattern matches it. */
const ANY_VALUE = "\u0001";

/** Whether a pattern matches every request of a route, some, or none. */
export function relatePattern(path: string, template: Template): Relation {
  if (compilePattern(path)(fillTemplate(template, () => ANY_VALUE))) return "always";
  return overlap(toSteps(path), toSteps(template.text)) ? "sometimes" : "never";
}

/** One character of a path, or a repeated wildcard. */
interface Step {
  readonly accepts: "anything" | "no slash" | { readonly character: string };
  readonly isRepeated: boolean;
}

function toSteps(path: string): readonly Step[] {
  const one: Step = { accepts: "no slash", isRepeated: false };
  return splitParameters(path).flatMap((part): readonly Step[] =>
    part.kind === "parameter"
      ? [one, { ...one, isRepeated: true }]
      : Array.from(part.text, (character) =>
          character === "*"
            ? { accepts: "anything", isRepeated: true }
            : { accepts: { character }, isRepeated: false },
        ),
  );
}

/** True when some text fits both: a walk through both patterns side by side. */
function overlap(a: readonly Step[], b: readonly Step[]): boolean {
  const seen = new Set<string>();
  const open: (readonly [number, number])[] = [[0, 0]];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const [i, j] = place;
    const pair = `${i} ${j}`;
    if (seen.has(pair)) continue;
    seen.add(pair);
    const [left, right] = [a[i], b[j]];
    if (left === undefined && right === undefined) return true;
    if (left?.isRepeated === true) open.push([i + 1, j]);
    if (right?.isRepeated === true) open.push([i, j + 1]);
    if (left !== undefined && right !== undefined && share(left, right)) {
      open.push([left.isRepeated ? i : i + 1, right.isRepeated ? j : j + 1]);
    }
  }
  return false;
}

/** Whether some character fits both. */
function share(a: Step, b: Step): boolean {
  if (typeof b.accepts === "object") return accepts(a, b.accepts.character);
  return typeof a.accepts !== "object" || accepts(b, a.accepts.character);
}
