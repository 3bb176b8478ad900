// Mutations that no test can notice, or that none needs to: each with its reason. `tools/mutate.ts` fails on any other
// survivor, and `mutations.test.ts` on an entry that names no mutation of the present code.

export interface Allowed {
  /** Below `packages/auth/src`. */
  readonly file: string;
  /** The source line, trimmed. */
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** The condition is there for the type checker: the code before it has ruled the other case out. */
const NARROWS = "equivalent, the compiler needs the condition:";

export const allowed: readonly Allowed[] = [
  {
    file: "decide/compile-route.ts",
    code: 'appliesTo ? [{ rule: "public" as const, appliesTo }] : [],',
    from: "appliesTo",
    to: "true",
    reason: `${NARROWS} a pattern that always applies has been answered one line above`,
  },
  {
    file: "decide/decide.ts",
    code: "if (first === undefined || others.length > 0 || first.resource !== route.access.lists) return undefined;",
    from: "first === undefined || others.length > 0",
    to: "others.length > 0",
    reason: `${NARROWS} it is called only when something is missing`,
  },
  {
    file: "decide/decide.ts",
    code: 'if (visible === "all" || visible.size === 0) return undefined;',
    from: 'visible === "all" || visible.size === 0',
    to: "visible.size === 0",
    reason: `${NARROWS} whoever sees everything holds the wide scope, and misses nothing`,
  },
  {
    file: "decide/decide.ts",
    code: "return { isAllowed: true, grantedBy: [...grantedBy, ...(narrow?.values() ?? [])], visible };",
    from: "narrow?.values() ?? []",
    to: "narrow?.values()",
    reason: `${NARROWS} items are visible, so there are scopes for them`,
  },
  {
    file: "decide/decide.ts",
    code: "scopeToAdd: first && leastScope(first, parameters),",
    from: "first && leastScope(first, parameters)",
    to: "leastScope(first, parameters)",
    reason: `${NARROWS} it is called only when something is missing`,
  },
  {
    file: "scope/grants.ts",
    code: "narrow: items.length === 0 ? NOTHING : new SealedMap(new Map(items)),",
    from: "items.length === 0",
    to: "false",
    reason: "equivalent: the shared empty table saves time, a new one is as empty and as closed",
  },
  {
    file: "scope/grants.ts",
    code: "exact: new SealedMap(new Map(scopes.map((text) => [text, text]))),",
    from: "[text, text]",
    to: "[text]",
    reason: "equivalent: it is only asked whether it has a text, never for what stands under it",
  },
  {
    file: "scope/limit-scopes.ts",
    code: "return ceiling.wide.has(key) || (id !== undefined && ceiling.narrow.get(key)?.has(id) === true);",
    from: "id !== undefined && ceiling.narrow.get(key)?.has(id) === true",
    to: "ceiling.narrow.get(key)?.has(id) === true",
    reason: `${NARROWS} a map of texts has nothing under undefined`,
  },
  ...[
    [
      'resource === undefined || resource === "" || middle === undefined',
      'resource === undefined || resource === ""',
      "without a colon there is one part, and the forms below have two or three",
    ],
    [
      'resource === undefined || resource === ""',
      'resource === ""',
      "a text that is split has at least one part",
    ],
  ].map(([from = "", to = "", why = ""]) => ({
    file: "scope/parse.ts",
    code: 'if (resource === undefined || resource === "" || middle === undefined) return { kind: "unknown", text };',
    from,
    to,
    reason: `${NARROWS} ${why}`,
  })),
  {
    file: "scope/parse.ts",
    code: "if (parts.length === 3 && last !== undefined)",
    from: "parts.length === 3 && last !== undefined",
    to: "parts.length === 3",
    reason: `${NARROWS} three parts have a third`,
  },
  {
    file: "scope/requirement.ts",
    code: "return id === undefined ? undefined : grants.narrow.get(key)?.get(id);",
    from: "id === undefined",
    to: "false",
    reason: `${NARROWS} a map of texts has nothing under undefined`,
  },
  {
    file: "scope/rule-pattern.ts",
    code: "if (state.places.size === 0) return false;",
    from: "state.places.size === 0",
    to: "false",
    reason: "equivalent: an early end saves time, from no place no further one is reached",
  },
  {
    file: "scope/rule-pattern.ts",
    code: 'return typeof a.accepts !== "object" || accepts(b, a.accepts.character);',
    from: 'typeof a.accepts !== "object" || accepts(b, a.accepts.character)',
    to: "accepts(b, a.accepts.character)",
    reason: `${NARROWS} here b is a wildcard, and takes a character that is undefined as one that is no slash`,
  },
  {
    file: "scope/rules.ts",
    code: "const decoded = path === undefined ? undefined : decodeLiterals(path);",
    from: "path === undefined",
    to: "false",
    reason: `${NARROWS} decoding turns whatever it cannot read, undefined too, into undefined`,
  },
  {
    file: "scope/rules.ts",
    code: "return method === undefined || decoded === undefined",
    from: "method === undefined || decoded === undefined",
    to: "decoded === undefined",
    reason: `${NARROWS} the pattern finds method and path together or neither`,
  },
  {
    file: "scope/rules.ts",
    code: 'const text = splitParameters(path).map((part) => (part.kind === "literal" ? part.text : ""));',
    from: 'part.kind === "literal"',
    to: "true",
    reason: `${NARROWS} a parameter has no text, and is joined as nothing`,
  },
  {
    file: "encoding/base64url.ts",
    code: "if (ASCII.test(binary)) return binary;",
    from: "ASCII.test(binary)",
    to: "false",
    reason: "equivalent: the short way for ASCII saves time and gives the same text",
  },
  {
    file: "request/extract-credential.ts",
    code: 'if (value.startsWith(USUAL)) return value.slice("Bearer ".length);',
    from: "value.startsWith(USUAL)",
    to: "false",
    reason: "the shortcut saves time, the pattern below it says the same",
  },
  {
    file: "request/extract-credential.ts",
    code: 'if (value.startsWith("eyJ")) return ok({ value, via: "header" });',
    from: 'value.startsWith("eyJ")',
    to: "false",
    reason: "the shortcut saves time, the patterns below it say the same",
  },
  {
    file: "request/extract-credential.ts",
    code: "return value.slice(BEARER.exec(value)?.[0].length ?? 0);",
    from: "BEARER.exec(value)?.[0].length ?? 0",
    to: "BEARER.exec(value)?.[0].length",
    reason: `${NARROWS} a slice from undefined begins at 0`,
  },
  {
    file: "request/extract-credential.ts",
    code: 'const value = trimSpaces(first[1] ?? "");',
    from: 'first[1] ?? ""',
    to: "first[1]",
    reason: `${NARROWS} the group takes part in every match`,
  },
  {
    file: "request/strange-credential.ts",
    code: 'if (text.startsWith("ey")) return undefined;',
    from: 'text.startsWith("ey")',
    to: "false",
    reason: "the shortcut saves time: no word, prefix or pattern below it begins so",
  },
  {
    file: "token/check-claims.ts",
    code: 'return audiences.some((audience) => typeof audience === "string" && accepted.includes(audience));',
    from: 'typeof audience === "string" && accepted.includes(audience)',
    to: "accepted.includes(audience)",
    reason: `${NARROWS} a list of texts includes nothing that is no text`,
  },
  {
    file: "token/verify-token.ts",
    code: "const selected = found instanceof Promise ? await found : found;",
    from: "found instanceof Promise",
    to: "true",
    reason: "equivalent: waiting for an answer that is there costs time and changes nothing",
  },
  {
    file: "token/check-signature.ts",
    code: 'if (typeof verdict === "boolean" ? verdict : await verdict) return ok(key);',
    from: 'typeof verdict === "boolean"',
    to: "false",
    reason: "equivalent: waiting for an answer that is there costs time and changes nothing",
  },
  ...[
    ["exp !== undefined && policy.maxLifetimeSeconds !== undefined", "true"],
    ["exp !== undefined && policy.maxLifetimeSeconds !== undefined", "exp !== undefined"],
    [
      "exp !== undefined && policy.maxLifetimeSeconds !== undefined",
      "policy.maxLifetimeSeconds !== undefined",
    ],
    [
      "exp !== undefined && policy.maxLifetimeSeconds !== undefined",
      "((exp !== undefined) || (policy.maxLifetimeSeconds !== undefined))",
    ],
  ].map(([from = "", to = ""]) => ({
    file: "token/check-times.ts",
    code: "if (exp !== undefined && policy.maxLifetimeSeconds !== undefined) {",
    from,
    to,
    reason: `${NARROWS} a lifetime or a limit that is not a number exceeds nothing`,
  })),
  {
    file: "token/check-times.ts",
    code: "if (times.expiresAt !== undefined && times.expiresAt <= now - CLOCK_SKEW_SECONDS) {",
    from: "times.expiresAt !== undefined && times.expiresAt <= now - CLOCK_SKEW_SECONDS",
    to: "times.expiresAt <= now - CLOCK_SKEW_SECONDS",
    reason: `${NARROWS} undefined is not at or before any time`,
  },
  {
    file: "token/check-times.ts",
    code: "if (times.notBefore !== undefined && times.notBefore > now + CLOCK_SKEW_SECONDS) {",
    from: "times.notBefore !== undefined && times.notBefore > now + CLOCK_SKEW_SECONDS",
    to: "times.notBefore > now + CLOCK_SKEW_SECONDS",
    reason: `${NARROWS} undefined is not after any time`,
  },
  {
    file: "token/check-times.ts",
    code: 'return typeof value === "number" && Number.isFinite(value);',
    from: 'typeof value === "number" && Number.isFinite(value)',
    to: "Number.isFinite(value)",
    reason: `${NARROWS} Number.isFinite converts nothing, and is false for all but numbers`,
  },
  ...[
    ["at !== -1 && dots < 6", "at !== -1"],
    ["dots < 6", "dots <= 6"],
    ["6", "7"],
  ].map(([from = "", to = ""]) => ({
    file: "token/read-shape.ts",
    code: 'for (let at = text.indexOf("."); at !== -1 && dots < 6; at = text.indexOf(".", at + 1)) dots++;',
    from,
    to,
    reason:
      "the bound saves work and changes no answer (2 and 4 are told apart from more); the size of a token is bounded",
  })),
  {
    file: "token/select-issuer.ts",
    code: 'const chosen = iss === undefined || typeof iss === "string" ? byName.get(iss) : undefined;',
    from: 'iss === undefined || typeof iss === "string"',
    to: "true",
    reason: `${NARROWS} a map of texts has nothing under what is no text`,
  },
  ...[
    ["!isCurrent || entries.size > capacity / 2", "true"],
    ["entries.size > capacity / 2", "entries.size >= capacity / 2"],
    ["2", "3"],
  ].map(([from = "", to = ""]) => ({
    file: "token/token-cache.ts",
    code: "if (!isCurrent || entries.size > capacity / 2) {",
    from,
    to,
    reason: "keeping the order earlier costs time on the hot path, and changes no answer",
  })),
  ...[
    ["capacity < 1", "false"],
    ["1", "0"],
  ].map(([from = "", to = ""]) => ({
    file: "token/token-cache.ts",
    code: "if (capacity < 1) return;",
    from,
    to,
    reason: "equivalent: without room the entry would leave again at the end of the same call",
  })),
  {
    file: "token/token-cache.ts",
    code: "if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);",
    from: "entries.size > capacity && oldest !== undefined",
    to: "entries.size > capacity",
    reason: `${NARROWS} more entries than the capacity are at least one`,
  },
  {
    file: "token/find-keys.ts",
    code: 'if (!("refusal" in selection)) return selection.isKidUnknown;',
    from: '!("refusal" in selection)',
    to: "false",
    reason: `${NARROWS} the line below it counts the same thing, whether a key has this id`,
  },
  {
    file: "token/find-keys.ts",
    code: 'return selection.refusal === "unknown-kid" || !keySet.keys.some((key) => key.kid === kid);',
    from: 'selection.refusal === "unknown-kid" || !keySet.keys.some((key) => key.kid === kid)',
    to: "!keySet.keys.some((key) => key.kid === kid)",
    reason: "equivalent: the first half is the short way to the same answer, an unknown id is in no key",
  },
  ...[
    [
      "return !beginsOrdinarily(userId) && RESERVED_PRINCIPAL.test(userId);",
      "!beginsOrdinarily(userId) && RESERVED_PRINCIPAL.test(userId)",
      "RESERVED_PRINCIPAL.test(userId)",
    ],
    ...[
      ["0x20", "33"],
      ["first < 0x7f", "first <= 0x7f"],
      ["0x7f", "128"],
      ["0x7f", "126"],
    ].map(([from = "", to = ""]) => [
      "return first > 0x20 && first < 0x7f && first !== 0x73 && first !== 0x53 && first !== 0x5f;",
      from,
      to,
    ]),
  ].map(([code = "", from = "", to = ""]) => ({
    file: "identity/subject-rules.ts",
    code,
    from,
    to,
    reason: "equivalent: the short way to the answer of the pattern, which is asked where it is not taken",
  })),
  ...[
    ["isVerified", "true"],
    ["0", "1"],
  ].map(([from = "", to = ""]) => ({
    file: "token/verify-token.ts",
    code: "const cache = createTokenCache(isVerified ? (options.cacheEntries ?? TOKEN_CACHE_ENTRIES) : 0);",
    from,
    to,
    reason: "a second lock: the way of an unverified token ends before anything is put into the cache",
  })),
  ...[
    ["if (size <= most) return;", "size <= most", "size < most"],
    [
      'subject !== undefined && userId?.endsWith(subject) === true ? userId.slice(0, -subject.length) : "";',
      "subject !== undefined && userId?.endsWith(subject) === true",
      "userId?.endsWith(subject) === true",
    ],
    [
      "const found = table === undefined || value === undefined ? undefined : table.get(value);",
      "table === undefined || value === undefined",
      "table === undefined",
    ],
  ].map(([code = "", from = "", to = ""]) => ({
    file: "revocation/revocation-set.ts",
    code,
    from,
    to,
    reason: "equivalent: nothing is left to trim, and no table has what is undefined",
  })),
];
