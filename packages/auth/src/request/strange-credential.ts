/**
 * Credentials that are none: what a variable leaves behind that was not set, a placeholder of an example, a token that
 * only its own issuer can read. They are known by form, and named in words of ours: nothing of them is repeated, since
 * nobody has verified it.
 */
import type { Facts, RefusalCode } from "@agentos/contract";

/** What a credential is instead of one. */
export interface StrangeCredential {
  readonly code: Extract<
    RefusalCode,
    | "AUTH_CREDENTIAL_UNSET"
    | "AUTH_CREDENTIAL_OBJECT"
    | "AUTH_CREDENTIAL_UNEXPANDED"
    | "AUTH_CREDENTIAL_PLACEHOLDER"
    | "AUTH_TOKEN_OPAQUE"
    | "AUTH_TOKEN_PASETO"
  >;
  readonly facts: Facts;
  /** The same for a server that expects its security key; undefined where it could be one. */
  readonly insteadOfKey?: string;
}

const OBJECT = {
  word_cause: "an object was sent where the text of the token belongs",
  word_remedy: 'send the text of the token itself, such as the "access_token" of the issuer\'s answer',
};
const PROMISE = {
  word_cause: "the token was sent before it was there",
  word_remedy: "await the token before the header is made of it",
};

/** By lower-case text: the words that languages write for nothing, each in its usual spelling. */
const UNSET: ReadonlyMap<string, string> = new Map([
  ["undefined", "undefined"],
  ["null", "null"],
  ["none", "None"],
  ["nil", "nil"],
  ["<nil>", "<nil>"],
  ["nan", "NaN"],
]);

const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "token",
  "jwt",
  "key",
  "access_token",
  "access-token",
  "security_key",
  "security-key",
  "api_key",
  "changeme",
  "xxx",
  "...",
  "…",
]);
const YOUR_TOKEN =
  /^(?:<[^<>]{1,60}>|\[[\w -]{1,60}\]|your(?:[_-]?[a-z]{1,20}){0,3}?[_-]?(?:token|jwt|key|secret)(?:[_-]?here)?)$/i;

/** `$TOKEN`, `${TOKEN}`, `$(cat token)`, `$env:TOKEN`, `%TOKEN%`, `{{token}}`, `${{ secrets.TOKEN }}`, `process.env.TOKEN`. */
const UNEXPANDED =
  /^(?:\$\w+|\$\{.{1,100}\}|\$\(.{1,100}\)|\$env:\w+|%\w+%|\{\{.{1,100}\}\}|\{\w+\}|process\.env\.\w+)$/i;

/** Prefixes that their makers publish, so that leaked tokens are found by them. */
const OPAQUE: readonly (readonly [prefix: RegExp, kind: string])[] = [
  [/^(?:gh[pousr]_|github_pat_)/, "a token of GitHub"],
  [/^glpat-/, "a token of GitLab"],
  [/^ya29\./, "an access token of Google"],
  [/^AIza/, "an API key of Google"],
  [/^GOCSPX-/, "a client secret of Google"],
  [/^xox[abeoprs]-/, "a token of Slack"],
  [/^sk-ant-/, "an API key of Anthropic"],
  // "sk-" alone is a prefix of many, security keys among them.
  [/^sk-(?:proj|svcacct)-/, "an API key of OpenAI"],
  [/^(?:sk|pk|rk)_(?:live|test)_/, "an API key of Stripe"],
  [/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/, "an access key of AWS"],
  [/^npm_/, "a token of npm"],
  [/^hf_/, "a token of Hugging Face"],
  [/^dop_v1_/, "a token of DigitalOcean"],
];

const PASETO = /^v[1-4]\.(?:local|public)\./;

/** Longer texts are none of these but a PASETO or an opaque token, which are told by how they begin. */
const MAX_WORD_CHARACTERS = 110;

/** Says what a credential is instead of one; undefined for whatever may be one. */
export function findStrangeCredential(text: string): StrangeCredential | undefined {
  // Every request asks, and every JWT begins so.
  if (text.startsWith("ey")) return undefined;
  const word = text.length > MAX_WORD_CHARACTERS ? undefined : findWord(text);
  if (word !== undefined) return word;
  if (PASETO.test(text)) return { code: "AUTH_TOKEN_PASETO", facts: {} };
  const kind = OPAQUE.find(([prefix]) => prefix.test(text))?.[1];
  return kind === undefined ? undefined : { code: "AUTH_TOKEN_OPAQUE", facts: { credential_kind: kind } };
}

/** True for what a variable or an object leaves behind: a word that everybody knows, and no secret. */
export function isCredentialWord(text: string): boolean {
  return findStrangeCredential(text)?.facts["word"] !== undefined;
}

function findWord(text: string): StrangeCredential | undefined {
  const lower = text.toLowerCase();
  const word = UNSET.get(lower);
  if (word !== undefined)
    return {
      code: "AUTH_CREDENTIAL_UNSET",
      facts: { word },
      insteadOfKey: `the word "${word}", which stands for a variable that was not set`,
    };
  if (lower === "[object object]" || lower === "[object promise]") {
    const isPromise = lower === "[object promise]";
    const shown = isPromise ? "[object Promise]" : "[object Object]";
    return {
      code: "AUTH_CREDENTIAL_OBJECT",
      facts: { word: shown, ...(isPromise ? PROMISE : OBJECT) },
      insteadOfKey: `the text "${shown}", which stands for an object`,
    };
  }
  if (UNEXPANDED.test(text))
    return {
      code: "AUTH_CREDENTIAL_UNEXPANDED",
      facts: {},
      insteadOfKey: "the name of a variable, whose value was not put in",
    };
  return PLACEHOLDERS.has(lower) || YOUR_TOKEN.test(text)
    ? {
        code: "AUTH_CREDENTIAL_PLACEHOLDER",
        facts: {},
        insteadOfKey: "a placeholder as examples have it",
      }
    : undefined;
}
