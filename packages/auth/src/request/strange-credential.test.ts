import { TOKEN_SHAPED } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findStrangeCredential } from "./strange-credential.ts";

const codeOf = (text: string) => findStrangeCredential(text)?.code;

describe("a credential that is none", () => {
  it.each<readonly [text: string, code: string]>([
    ["undefined", "AUTH_CREDENTIAL_UNSET"],
    ["null", "AUTH_CREDENTIAL_UNSET"],
    ["None", "AUTH_CREDENTIAL_UNSET"],
    ["nil", "AUTH_CREDENTIAL_UNSET"],
    ["<nil>", "AUTH_CREDENTIAL_UNSET"],
    ["NaN", "AUTH_CREDENTIAL_UNSET"],
    ["[object Object]", "AUTH_CREDENTIAL_OBJECT"],
    ["[object Promise]", "AUTH_CREDENTIAL_OBJECT"],
    ["$TOKEN", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["${TOKEN}", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["$(cat token.txt)", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["$env:TOKEN", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["%TOKEN%", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["{{token}}", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["${{ secrets.TOKEN }}", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["process.env.TOKEN", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["TOKEN", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ...[
      "jwt",
      "KEY",
      "ACCESS_TOKEN",
      "access-token",
      "SECURITY_KEY",
      "security-key",
      "API_KEY",
      "changeme",
      "xxx",
    ].map((word) => [word, "AUTH_CREDENTIAL_PLACEHOLDER"] as const),
    ["...", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["…", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["[your token]", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["{token}", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["<token>", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["<your token here>", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["YOUR_TOKEN", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["your-access-token-here", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["ghp_0123456789abcdef", "AUTH_TOKEN_OPAQUE"],
    ["github_pat_abc", "AUTH_TOKEN_OPAQUE"],
    ["ya29.a0AfH6S.x", "AUTH_TOKEN_OPAQUE"],
    ["xoxb-1-2", "AUTH_TOKEN_OPAQUE"],
    ["sk-ant-abc", "AUTH_TOKEN_OPAQUE"],
    ["v2.local.abc", "AUTH_TOKEN_PASETO"],
    ["v4.public.abc.def", "AUTH_TOKEN_PASETO"],
  ])("%j is %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it.each([
    TOKEN_SHAPED,
    "undefinedx",
    "not null",
    "k9-tRw3z_Qp7vXe2mYb8sLd4",
    "yourcompany-prod-9f8e7d6c",
    "$ecret-w0rd",
    "abc$TOKEN",
    "$TOKEN.abc",
    "abc<token>",
    "<token>abc",
    "abcYOUR_TOKEN",
    "YOUR_TOKENabc-1",
    "xghp_abc",
    "sk-abc",
    "v5.public.abc",
    "v4.secret.abc",
    "agno_pat_abc",
    "a.b.c",
  ])("%j may be one", (text) => {
    expect(findStrangeCredential(text)).toBeUndefined();
  });

  it.each([
    ["ghp_x", "a token of GitHub"],
    ["gho_x", "a token of GitHub"],
    ["github_pat_x", "a token of GitHub"],
    ["glpat-x", "a token of GitLab"],
    ["ya29.x", "an access token of Google"],
    ["AIzaX", "an API key of Google"],
    ["GOCSPX-x", "a client secret of Google"],
    ["xoxp-x", "a token of Slack"],
    ["sk-ant-x", "an API key of Anthropic"],
    ["sk-proj-x", "an API key of OpenAI"],
    ["sk-svcacct-x", "an API key of OpenAI"],
    ["sk_live_x", "an API key of Stripe"],
    ["rk_test_x", "an API key of Stripe"],
    ["AKIA0123456789ABCDEF", "an access key of AWS"],
    ["npm_x", "a token of npm"],
    ["hf_x", "a token of Hugging Face"],
    ["dop_v1_x", "a token of DigitalOcean"],
    [`ghp_${"x".repeat(500)}`, "a token of GitHub"],
  ])("%s is %s", (text, kind) => {
    expect(findStrangeCredential(text)).toEqual({
      code: "AUTH_TOKEN_OPAQUE",
      facts: { credential_kind: kind },
    });
    expect(findStrangeCredential(`x${text}`)).toBeUndefined();
  });

  it("is a word, shown in its usual spelling, or an object of which it is said what became of it", () => {
    const facts = (text: string) => findStrangeCredential(text)?.facts;
    expect(facts("UNDEFINED")).toEqual({ word: "undefined" });
    expect(facts("none")).toEqual({ word: "None" });
    expect(facts("[object promise]")?.["word"]).toBe("[object Promise]");
    expect(facts("[object promise]")?.["word_cause"]).toContain("before it was there");
    expect(facts("[OBJECT OBJECT]")?.["word"]).toBe("[object Object]");
    expect(facts("[OBJECT OBJECT]")?.["word_cause"]).toContain("an object was sent");
    expect(facts(`$${"x".repeat(109)}`)).toEqual({});
    expect(facts(`$${"x".repeat(110)}`)).toBeUndefined();
  });

  it("is never repeated: the facts are words of ours", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 9 }), (secret) => {
        for (const text of [
          `$${secret}`,
          `\${${secret}}`,
          `<${secret}>`,
          `ghp_${secret}`,
          `v4.local.${secret}`,
        ])
          expect(JSON.stringify(findStrangeCredential(text) ?? {})).not.toContain(
            JSON.stringify(secret).slice(1, -1),
          );
      }),
    );
  });

  it("is told from a security key only where no key could look so", () => {
    for (const text of ["undefined", "${KEY}", "<key>", "[object Object]"])
      expect(findStrangeCredential(text)?.insteadOfKey).toBeDefined();
    for (const text of ["ghp_abc", "v4.local.abc"])
      expect(findStrangeCredential(text)?.insteadOfKey).toBeUndefined();
  });
});
