/**
 * Replaces text that is shaped like a credential of ours: a JWT (or JWE) or an `agno_pat_` token. Applied before text
 * reaches storage, logs or a model. Redacting too much is harmless here; letting a live token through is not.
 */
import { SERVICE_ACCOUNT_TOKEN_PREFIX } from "@agentos/contract";
import { MAX_REDACTED_DEPTH } from "./log-limits.ts";

/** Stands where a credential stood. */
export const REDACTED_TOKEN = "[redacted token]";

const SERVICE_ACCOUNT_START = new RegExp(SERVICE_ACCOUNT_TOKEN_PREFIX, "i");
const SERVICE_ACCOUNT_TOKEN = new RegExp(`${SERVICE_ACCOUNT_TOKEN_PREFIX}[A-Za-z0-9_-]+`, "gi");

// What a compact token is made of. One class repeated, and nothing after it: a group repeated here would run out of
// stack on a long text.
const DOTTED_WORDS = /[A-Za-z0-9_.-]+/g;

// base64url of `{"`, `{ `, `{\n`, `{\r`, `{\t`: how the header of a compact JWS or JWE starts.
const HEADER = /(?:eyJ|eyA|ewo|ew0|ewk)[A-Za-z0-9_-]{8}/;

// What terminals, mails and chats do to a token: a line break behind a long piece of it, space before a dot (which no
// sentence has), a backslash before a dot. Put together again it works.
const WRAPPED_LINE = /([A-Za-z0-9_.-]{32})[ \t]*\r?\n[ \t]*(?=[A-Za-z0-9_.-])/g;
const SPACED_DOT = /([A-Za-z0-9_-]{8})(?:\s{1,4}\.\s{0,4}|\\{1,4}\.)(?=[A-Za-z0-9_-])/g;

/**
 * False for JSON text in which no string has anything to redact: what a token begins with is written the same in JSON.
 * Cheaper than going through the value, and most values hold no token.
 */
export function mayHoldToken(json: string): boolean {
  return HEADER.test(json) || SERVICE_ACCOUNT_START.test(json);
}

/** Text without credentials; the same string when there is none. */
export function redactTokens(text: string): string {
  const withoutAccounts = text.replace(SERVICE_ACCOUNT_TOKEN, REDACTED_TOKEN);
  if (!HEADER.test(withoutAccounts)) return withoutAccounts;
  return joinTokens(withoutAccounts).replace(DOTTED_WORDS, redactDotted);
}

/** The text with broken tokens put together; the same text where that makes no token longer. */
function joinTokens(text: string): string {
  const joined = text.replace(WRAPPED_LINE, "$1").replace(SPACED_DOT, "$1.");
  const lengthIn = (view: string) => findDotted(view).reduce((sum, token) => sum + token.length, 0);
  return joined !== text && lengthIn(joined) > lengthIn(text) ? joined : text;
}

function findDotted(text: string): readonly string[] {
  return [...text.matchAll(DOTTED_WORDS)].flatMap(([run]) =>
    redactDotted(run) === run ? [] : [run.slice(HEADER.exec(run)?.index ?? 0)],
  );
}

function redactDotted(run: string): string {
  const header = HEADER.exec(run);
  if (header === null) return run;
  // Two more segments have to follow, otherwise it is not a compact token.
  const firstDot = run.indexOf(".", header.index);
  const isToken = firstDot !== -1 && run.includes(".", firstDot + 1);
  return isToken ? run.slice(0, header.index) + REDACTED_TOKEN : run;
}

/** Stand for what cannot be written down. */
const CYCLE = "[circular]";
const TOO_DEEP = "[too deep]";
const TOO_MUCH = "[cut]";
const UNREADABLE = "[unreadable]";

interface Walk {
  /** The containers that the value stands in: meeting one again is a cycle. */
  readonly ancestors: Set<object>;
  valuesLeft: number;
}

/**
 * A JSON value of the same shape with every string in it redacted, keys of free-form objects included. Any other value
 * is taken too and nothing throws: cycles, getters that throw, deep nesting and more than `maxValues` values (default:
 * no limit) are replaced by a short text, and functions are left out, a `toJSON` among them.
 */
export function redactTokensDeep<Value>(value: Value, options: { readonly maxValues?: number } = {}): Value {
  const walk: Walk = { ancestors: new Set(), valuesLeft: options.maxValues ?? Number.POSITIVE_INFINITY };
  return redactValue(value, walk) as Value;
}

function redactValue(value: unknown, walk: Walk): unknown {
  if (walk.valuesLeft <= 0) return TOO_MUCH;
  walk.valuesLeft -= 1;
  if (typeof value === "string") return redactTokens(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  // One object may stand in many places of a value that is no tree; only inside itself is it a cycle.
  if (walk.ancestors.has(value)) return CYCLE;
  if (walk.ancestors.size >= MAX_REDACTED_DEPTH) return TOO_DEEP;
  walk.ancestors.add(value);
  try {
    return redactContainer(value, walk);
  } catch {
    // A proxy, whose every look-up may throw.
    return UNREADABLE;
  } finally {
    walk.ancestors.delete(value);
  }
}

function redactContainer(value: object, walk: Walk): unknown {
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      items.push(redactItem(value, index, walk));
      if (walk.valuesLeft <= 0) break;
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    entries.push([redactTokens(key), redactItem(value, key, walk)]);
    if (walk.valuesLeft <= 0) break;
  }
  // fromEntries defines own properties, so a key "__proto__" stays data.
  return Object.fromEntries(entries);
}

function redactItem(container: object, key: string | number, walk: Walk): unknown {
  let item: unknown;
  try {
    item = Reflect.get(container, key);
  } catch {
    return UNREADABLE;
  }
  return redactValue(item, walk);
}
