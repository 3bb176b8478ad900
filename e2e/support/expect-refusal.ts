/** Asserts everything that a refusal promises: body, challenge, and the record that its `denial_id` names. */
import type { RefusalCode } from "@agentos/contract";
import { expect } from "vitest";
import { EXPECTED_REFUSALS, type ExpectedRefusal, type SharedRefusalCode } from "./expected-refusals.ts";
import { type Answer, bodyOf } from "./http.ts";
import type { Served } from "./serve.ts";

/** Expects a refusal with this code, as EXPECTED_REFUSALS describes it. */
export function expectRefusal(served: Served, answer: Answer, code: SharedRefusalCode): Promise<void> {
  return expectProblem(served, answer, { code, ...EXPECTED_REFUSALS[code] });
}

/** Expects a caller to be refused for its scopes. */
export function expectScopeRefusal(
  served: Served,
  answer: Answer,
  {
    code = "SCOPE_MISSING",
    scope,
    also = [],
  }: { code?: "SCOPE_MISSING" | "SCOPE_OTHER_RESOURCE"; scope: string; also?: readonly string[] },
): Promise<void> {
  const scopes = [scope, ...also];
  const detail = `Insufficient permissions. Required scope(s): ${scopes.join(", ")}`;
  expect(answer.headers["www-authenticate"]).toContain(`scope="${scopes.join(" ")}"`);
  expect(bodyOf(answer)).toMatchObject({ required_scopes: scopes, missing_scopes: scopes });
  return expectProblem(served, answer, {
    code,
    detail,
    status: 403,
    stage: "scopes",
    challenge: "insufficient_scope",
  });
}

async function expectProblem(
  { os }: Served,
  answer: Answer,
  expected: ExpectedRefusal & { code: RefusalCode },
): Promise<void> {
  const { code, status, detail, challenge, stage } = expected;
  const body = bodyOf(answer);
  expect(body).toMatchObject({ code, status, detail, type: `/errors/${code}` });
  expect(answer.status).toBe(status);
  for (const field of ["title", "fix", "denial_id"]) expect(body[field]).toEqual(expect.stringMatching(/\S/));
  expectChallenge(answer.headers["www-authenticate"], challenge);

  const denial = await (await os.denials()).find(String(body["denial_id"]), { kind: "all" });
  expect(denial).toMatchObject({ code, fix: body["fix"] });
  expect(denial?.timeline.filter(({ outcome }) => outcome === "failed")).toEqual([
    { stage, outcome: "failed" },
  ]);
}

function expectChallenge(header: string | undefined, challenge: ExpectedRefusal["challenge"]): void {
  // One well-formed header, whatever the facts hold (RFC 9110 section 11.6.1).
  if (header !== undefined) expect(header).toMatch(/^Bearer (\w+="[\x20-\x21\x23-\x5b\x5d-\x7e]*"(, |$))+$/);
  if (challenge === undefined) expect(header).toBeUndefined();
  else if (challenge === "bare") expect(header).toBe('Bearer realm="agentos"');
  else expect(header).toContain(`Bearer realm="agentos", error="${challenge}"`);
}
