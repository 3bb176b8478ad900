import { type Facts, REFUSALS, type RefusalCode, type RefusalEntry } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { refuse } from "../outcome/result.ts";
import { type ProblemOptions, toProblem } from "./problem.ts";

const CODES = Object.keys(REFUSALS) as RefusalCode[];

function answer(code: RefusalCode, facts: Facts = {}, options: Partial<ProblemOptions> = {}) {
  const { fault: refusal } = refuse(code, facts, new Error("exception text"));
  const { status, headers, body } = toProblem(
    { ...refusal, subject: "subject-of-the-token" },
    { denialId: "d-1", accept: null, cli: "npx agentos", ...options },
  );
  return { status, headers, body: JSON.parse(body) as Record<string, unknown>, text: body };
}

describe.each(CODES)("the answer to %s", (code) => {
  const entry: RefusalEntry = REFUSALS[code];

  it("has the fields of the problem body, and none that clients show before the detail", () => {
    const { status, headers, body } = answer(code);
    expect(status).toBe(entry.status);
    expect(body).toMatchObject({ type: `/errors/${code}`, status, code, denial_id: "d-1" });
    for (const field of ["title", "detail", "fix"]) expect(body[field]).toEqual(expect.stringMatching(/./));
    expect(body).not.toHaveProperty("message");
    expect(body).not.toHaveProperty("error");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      vary: "Accept",
    });
  });

  it("holds no operator-only fact, no cause and no subject", () => {
    const names = [
      "now",
      "exp",
      "token_issuer",
      "expected_issuer",
      "token_audience",
      "expected_audience",
      "keys_tried",
      "held_scopes",
    ];
    const secret = (name: string) => `operator-only-${name}`;
    const facts = Object.fromEntries(
      [...names, "cookie_name", "token_algorithm"].map((name) => [name, secret(name)]),
    );
    const { text, headers } = answer(code, facts);
    for (const name of Object.keys(facts)) {
      if (!entry.publicFacts.includes(name))
        expect(text + JSON.stringify(headers)).not.toContain(secret(name));
    }
    expect(text).not.toMatch(/exception text|subject-of-the-token/);
  });

  it("carries the challenge of its kind (RFC 6750 section 3)", () => {
    const challenge = answer(code).headers["www-authenticate"];
    if (entry.challenge === "none") expect(challenge).toBeUndefined();
    else if (entry.challenge === "bare") expect(challenge).toBe('Bearer realm="agentos"');
    else
      expect(challenge).toContain(`Bearer realm="agentos", error="${entry.challenge}", error_description="`);
  });
});

describe("the body", () => {
  const facts = {
    required_scopes: ["a:b", "c:d"],
    missing_scopes: ["c:d"],
    scope_to_add: "c:d",
    held_scopes: ["e:f"],
  };

  it("lists required and missing scopes of a refused caller, and not the ones it holds", () => {
    const { body, text } = answer("SCOPE_MISSING", facts);
    expect(body).toMatchObject({
      detail: "Insufficient permissions. Required scope(s): a:b, c:d",
      required_scopes: ["a:b", "c:d"],
      missing_scopes: ["c:d"],
    });
    expect(text).not.toContain("e:f");
  });

  it("has empty lists where no rule exists", () => {
    const unlisted = { required_scopes: ["not:public"], missing_scopes: ["not:public"] };
    expect(answer("SCOPE_ROUTE_UNMAPPED", unlisted).text).not.toContain("not:public");
    expect(answer("SCOPE_ROUTE_UNMAPPED").body).toMatchObject({ required_scopes: [], missing_scopes: [] });
    expect(answer("AUTH_TOKEN_EXPIRED").body).not.toHaveProperty("required_scopes");
  });

  it("names the operator's own command", () => {
    expect(answer("AUTH_SIGNATURE_INVALID", {}, { cli: "my-tool" }).body["fix"]).toContain(
      "`my-tool token inspect`",
    );
  });
});

describe("the challenge", () => {
  it("names the required scopes", () => {
    const { headers } = answer("SCOPE_MISSING", { required_scopes: ["a:b", "c:d"], missing_scopes: ["a:b"] });
    expect(headers["www-authenticate"]).toMatch(/, scope="a:b c:d"$/);
  });

  it("stays one well-formed header, whatever the facts hold", () => {
    const hostile = 'x"\\\r\nset-cookie: a=b\u2028é';
    const { headers } = answer("SCOPE_MISSING", {
      required_scopes: [hostile],
      missing_scopes: [hostile],
      scope_to_add: hostile,
    });
    expect(headers["www-authenticate"]).toMatch(/^Bearer (\w+="[\x20-\x21\x23-\x5b\x5d-\x7e]*"(, )?)+$/);
  });

  it("points to the resource metadata only when there is some", () => {
    const resourceMetadataUrl = "https://os.test/.well-known/oauth-protected-resource";
    expect(answer("AUTH_HEADER_MISSING", {}, { resourceMetadataUrl }).headers["www-authenticate"]).toBe(
      `Bearer realm="agentos", resource_metadata="${resourceMetadataUrl}"`,
    );
  });

  it("of an outage always says how long to wait", () => {
    for (const [code, entry] of Object.entries<RefusalEntry>(REFUSALS))
      if (entry.status === 503) expect(entry.retryAfterSeconds, code).toBeGreaterThan(0);
  });

  it("is joined by the time to wait where there is one", () => {
    expect(answer("AUTH_KEYS_UNAVAILABLE", {}, { retryAfterSeconds: 5 }).headers["retry-after"]).toBe("5");
    expect(answer("AUTH_KEYS_UNAVAILABLE").headers["retry-after"]).toBe("10");
    expect(answer("AUTH_KEY_UNKNOWN").headers).not.toHaveProperty("retry-after");
  });
});

describe("the media type", () => {
  const typeFor = (accept: string | null) =>
    answer("AUTH_HEADER_MISSING", {}, { accept }).headers["content-type"];

  it.each([
    "application/problem+json",
    "application/json, application/problem+json",
    "Application/Problem+JSON;q=0.5, */*",
    "application/problem+json; q=1.0",
    "text/html;q=0.1 ,application/problem+json;charset=utf-8",
  ])("is the problem type for %s", (accept) => {
    expect(typeFor(accept)).toBe("application/problem+json");
  });

  it.each([
    null,
    "",
    "*/*",
    "application/json",
    "application/*",
    "application/problem+json;q=0",
    "application/problem+json; q=0.000, application/json",
    "application/problem+jsonx",
    "x-application/problem+json",
    `${"text/html,".repeat(100)}application/problem+json`,
  ])("is plain JSON for %s", (accept) => {
    expect(typeFor(accept)).toBe("application/json");
  });
});
