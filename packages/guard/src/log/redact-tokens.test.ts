import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { MAX_REDACTED_DEPTH } from "./log-limits.ts";
import { mayHoldToken, REDACTED_TOKEN, redactTokens, redactTokensDeep } from "./redact-tokens.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");
const segments = (...parts: string[]) => parts.join(".");

const LONG = segments(
  encode('{"alg":"RS256","kid":"2026-11","typ":"JWT"}'),
  encode(JSON.stringify({ sub: "alice", aud: "agent-os", exp: 1_800_000_000, scopes: ["agents:read"] })),
  encode("s".repeat(192)),
);

describe("redactTokens", () => {
  it.each([
    ["a bare JWT", TOKEN_SHAPED],
    [
      "a JWT whose header starts with a space",
      segments(encode('{ "alg":"RS256"}'), encode('{"sub":"a"}'), "c2ln"),
    ],
    [
      "a JWT whose header starts with a line break",
      segments(encode('{\n"alg":"RS256"}'), encode('{"sub":"a"}'), "c2ln"),
    ],
    ["an unsigned JWT", segments(encode('{"alg":"none"}'), encode('{"sub":"a"}'), "")],
    ["a JWE", segments(encode('{"alg":"dir","enc":"A256GCM"}'), "", "aXY", "Y2lwaGVy", "dGFn")],
    ["a service token", `agno_pat_${"x".repeat(43)}`],
    ["a service token in capitals", `AGNO_PAT_${"X".repeat(43)}`],
  ])("replaces %s", (_, token) => {
    expect(redactTokens(`before ${token} after`)).toBe(`before ${REDACTED_TOKEN} after`);
  });

  it.each(["Bearer TOKEN", "token=TOKEN&x=1", '{"t":"TOKEN"}', "https://a.example/?jwt=TOKEN#x", "<TOKEN>"])(
    "leaves nothing of a token in %s",
    (place) => {
      const redacted = redactTokens(place.replace("TOKEN", TOKEN_SHAPED));
      expect(redacted).toContain(REDACTED_TOKEN);
      for (const part of TOKEN_SHAPED.split(".")) expect(redacted).not.toContain(part);
    },
  );

  it("finds a token that is glued to other text on both sides", () => {
    const redacted = redactTokens(`www.a.example_${TOKEN_SHAPED}.more.words`);
    for (const part of TOKEN_SHAPED.split(".")) expect(redacted).not.toContain(part);
  });

  it.each([
    ["wrapped lines", (token: string) => token.replaceAll(/.{40}/g, "$&\n")],
    ["wrapped and indented lines", (token: string) => token.replaceAll(/.{64}/g, "$& \r\n   ")],
    ["space around the dots", (token: string) => token.replaceAll(".", " . ")],
    ["space before the dots", (token: string) => token.replaceAll(".", "\n.")],
    ["escaped dots", (token: string) => token.replaceAll(".", "\\.")],
  ])("replaces a token with %s, which works when it is put together again", (_, damage) => {
    const damaged = damage(LONG);
    expect(damaged).not.toBe(LONG);
    const redacted = redactTokens(`why is this refused: ${damaged} please say`);
    expect(redacted).toContain(REDACTED_TOKEN);
    for (const segment of LONG.split(".")) expect(redacted).not.toContain(segment.slice(0, 24));
    expect(redacted).toContain("why is this refused");
  });

  it("leaves the sentences around a token as they are", () => {
    const text = "Look at this.\nAnd at averyveryverylongwordthatisnotatokenatall\nor that . Or this";
    expect(redactTokens(`${LONG} ${text}`)).toBe(`${REDACTED_TOKEN} ${text}`);
  });

  it("replaces every token of a text", () => {
    expect(redactTokens(`${TOKEN_SHAPED} ${TOKEN_SHAPED}`)).toBe(`${REDACTED_TOKEN} ${REDACTED_TOKEN}`);
  });

  it.each([
    "Hello, world.",
    "version 1.2.3",
    "www.example.com",
    "a.b.c.d",
    "eyJ alone",
    "eyJhbGciOiJSUzI1NiJ9",
    "agno_pat_",
    "日本語…",
  ])("leaves %j as it is", (text) => {
    expect(redactTokens(text)).toBe(text);
  });

  it.each([
    ["header starts", "eyJ".repeat(300_000)],
    ["dots", ".".repeat(900_000)],
    ["short words", "a.".repeat(450_000)],
    ["words without an end", `${"a".repeat(450_000)}.${"a".repeat(450_000)}`],
    ["headers and dots", "eyJhbGci.".repeat(100_000)],
  ])("stays linear on a long text of %s", (_, text) => {
    const start = performance.now();
    redactTokens(text);
    // A quadratic scan of these takes minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe("redactTokens on a very long text", () => {
  it("does not run out of stack", () => {
    const redacted = redactTokens(`${"a.".repeat(10_000_000)}${TOKEN_SHAPED}`);
    expect(redacted.endsWith(`a.${REDACTED_TOKEN}`)).toBe(true);
  });
});

describe("redactTokensDeep", () => {
  it("reaches strings in lists, objects and keys, and leaves the rest", () => {
    const value = { list: [TOKEN_SHAPED, 1, null], [TOKEN_SHAPED]: { deep: TOKEN_SHAPED }, is: true };
    expect(redactTokensDeep(value)).toEqual({
      list: [REDACTED_TOKEN, 1, null],
      [REDACTED_TOKEN]: { deep: REDACTED_TOKEN },
      is: true,
    });
  });

  it('keeps a key "__proto__" as data', () => {
    const redacted = redactTokensDeep(JSON.parse('{"__proto__":{"admin":true}}') as object);
    expect(Object.hasOwn(redacted, "__proto__")).toBe(true);
    expect("admin" in redacted).toBe(false);
  });

  it("replaces a cycle, and only a cycle", () => {
    const leaf = { text: TOKEN_SHAPED };
    const value: Record<string, unknown> = { first: leaf, second: leaf };
    value["self"] = { list: [value] };
    expect(redactTokensDeep(value)).toEqual({
      first: { text: REDACTED_TOKEN },
      second: { text: REDACTED_TOKEN },
      self: { list: ["[circular]"] },
    });
  });

  it("goes as deep as the limit, and replaces what is below", () => {
    const nest = (depth: number) => {
      let value: unknown = TOKEN_SHAPED;
      for (let level = 0; level < depth; level += 1) value = [value];
      return value;
    };
    const at = JSON.stringify(redactTokensDeep(nest(MAX_REDACTED_DEPTH)));
    expect(at).toContain(REDACTED_TOKEN);
    const below = JSON.stringify(redactTokensDeep(nest(MAX_REDACTED_DEPTH + 1)));
    expect(below).toBe(`${"[".repeat(MAX_REDACTED_DEPTH)}"[too deep]"${"]".repeat(MAX_REDACTED_DEPTH)}`);
    expect(JSON.stringify(redactTokensDeep(nest(100_000)))).toBe(below);
  });

  it("reads no more values than it may", () => {
    let reads = 0;
    const endless = new Proxy([], {
      get(_, key) {
        reads += 1;
        return key === "length" ? Number.MAX_SAFE_INTEGER : "x";
      },
    });
    const redacted = redactTokensDeep<unknown>([endless, "last"], { maxValues: 10 });
    expect(redacted).toEqual([Array.from({ length: 8 }, () => "x")]);
    expect(reads).toBeLessThan(30);
  });

  it("does not change how much of an honest value is kept when no limit is given", () => {
    const wide = Array.from({ length: 50_000 }, (_, index) => ({ index }));
    expect(redactTokensDeep(wide)).toEqual(wide);
  });
});

describe("whether JSON text may hold a token", () => {
  it.each([
    ["a JWT", `{"a":"${TOKEN_SHAPED}"}`, true],
    ["a JWT as a key", `{"${TOKEN_SHAPED}":1}`, true],
    ["a token of a service account", '{"a":["agno_pat_abc"]}', true],
    ["a token of a service account in capitals", '{"a":"AGNO_PAT_ABC"}', true],
    ["words about them", '{"a":"a JWT begins with ey, a token with agno"}', false],
  ])("is told of %s", (_, json, may) => {
    expect(mayHoldToken(json)).toBe(may);
    expect(JSON.stringify(redactTokensDeep(JSON.parse(json))) !== json).toBe(may);
  });
});
