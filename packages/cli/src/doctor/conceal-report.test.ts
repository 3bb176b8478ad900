import { describe, expect, it } from "vitest";
import { concealReport } from "./conceal-report.ts";

const SECRET = "s3cr3t-Security-Key-0123456789-abcdef";
const conceal = (text: string, secret = SECRET) => concealReport({ text }, secret).text;

describe("concealReport", () => {
  it.each([
    ["the whole", SECRET],
    ["another case", SECRET.toUpperCase()],
    ["its front", SECRET.slice(0, 12)],
    ["its middle", SECRET.slice(7, 19)],
    ["its end", SECRET.slice(-12)],
    ["base64", Buffer.from(SECRET).toString("base64")],
    ["base64url", Buffer.from(`?>${SECRET}`).toString("base64url").slice(3)],
    ["base64, one byte further on", Buffer.from(`x${SECRET}`).toString("base64").slice(2)],
    ["hexadecimal digits", Buffer.from(SECRET).toString("hex")],
    ["every byte percent-encoded", Buffer.from(SECRET).toString("hex").replace(/../g, "%$&")],
    ["spaces in it", SECRET.split("").join(" ")],
    ["line ends in it", SECRET.replace(/.{5}/g, "$&\n")],
    ["escapes in it", SECRET.replace(/.{5}/g, "$&\\u200b")],
    ["colours in it", SECRET.replace(/.{5}/g, "$&\u001B[1m")],
  ])("hides it as %s", (_, shown) => expect(conceal(`said: ${shown}!`)).toMatch(/^said: %?\[redacted\]\W*$/));

  it("hides what stands between the letters of stretches that overlap", () => {
    const whole = SECRET.repeat(2).split("").join("-");
    expect(conceal(`said: ${whole}`, SECRET.repeat(2))).toBe("said: [redacted]");
  });

  it("takes time by the length of the report, whatever the length of the credential", () => {
    const credential = "0123456789abcdef".repeat(64);
    const text = "fedcba9876543210".repeat(16 * 1_024);
    const measure = (secret: string) => {
      const start = performance.now();
      conceal(text, secret);
      return performance.now() - start;
    };
    measure(credential);
    // As stretches of its own length it was some forty times that of one of 16 characters.
    expect(measure(credential)).toBeLessThan(10 * Math.max(measure(credential.slice(0, 16)), 50));
  });

  it("hides characters that percent-encoding changes", () => {
    const secret = "a+b/c=d?e&f+g/h=i?j&k";
    expect(conceal(`q=${encodeURIComponent(secret)}`, secret)).toBe("q=[redacted]");
    expect(conceal(`q=${secret}`, secret)).toBe("q=[redacted]");
    const symbols = "!@#$%^&*()_+|~{}[]";
    expect(conceal(`key ${symbols} end`, symbols)).toBe("key [redacted] end");
  });

  it("hides a short one as a whole only", () => {
    expect(conceal("key hunter22 is wrong", "hunter22")).toBe("key [redacted] is wrong");
    expect(conceal("key hunter2 is wrong", "hunter22")).toBe("key hunter2 is wrong");
    expect(conceal("a token", "token")).toBe("a token");
  });

  it("keeps eleven characters, and text that has nothing of it", () => {
    expect(conceal(`said: ${SECRET.slice(0, 11)}`)).toBe("said: s3cr3t-Secu");
    expect(conceal("nothing of it")).toBe("nothing of it");
    expect(concealReport({ text: "anything at all" }, undefined)).toEqual({ text: "anything at all" });
    expect(concealReport({ text: "anything at all" }, "  ")).toEqual({ text: "anything at all" });
    for (const word of ["undefined", "[object Object]"])
      expect(conceal(`the text "${word}"`, word)).toBe(`the text "${word}"`);
  });

  it("goes through lists and members, and leaves what programs switch on", () => {
    const code = "AUTH_TOKEN_EXPIRED";
    const report = { findings: [{ code, anchor: `#${code}`, seenAt: [`x ${code}`] }], exit: 2, none: null };
    expect(concealReport(report, code)).toEqual({
      findings: [{ code, anchor: `#${code}`, seenAt: ["x [redacted]"] }],
      exit: 2,
      none: null,
    });
  });

  it("does not take the words around a pasted credential for the credential", () => {
    const pasted = `curl -H "Authorization: Bearer ${SECRET}" http://localhost:7777/agents`;
    const fix = 'send "Authorization: Bearer TOKEN" to http://localhost:7777, or --cookie access_token';
    expect(conceal(fix, pasted)).toBe(fix);
    expect(conceal(`got ${SECRET}`, pasted)).toBe("got [redacted]");
    expect(conceal(`got ${pasted}`, pasted)).toBe("got [redacted]");
    for (const around of [`access_token=${SECRET}`, `{"access_token": "${SECRET}"}`, `Basic ${SECRET}`]) {
      expect(conceal(fix, around)).toBe(fix);
      expect(conceal(`got ${SECRET.slice(3)}`, around)).toBe("got [redacted]");
    }
  });
});
