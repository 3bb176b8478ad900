import { TOKEN_SHAPED } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findStrangeCredential } from "./strange-credential.ts";

const codeOf = (text: string) => findStrangeCredential(text)?.code;

describe("a credential that is none", () => {
  it.each([
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
    "xghp_abc",
    "v5.public.abc",
    "v4.secret.abc",
    "agno_pat_abc",
    "a.b.c",
  ])("%j may be one", (text) => {
    expect(findStrangeCredential(text)).toBeUndefined();
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
    for (const text of ["ghp_abc", "sk-abc", "v4.local.abc"])
      expect(findStrangeCredential(text)?.insteadOfKey).toBeUndefined();
  });
});
