import { expect, test } from "vitest";
import type { Denial, Explanation } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { compareSides } from "./refusal-sides.ts";

const nothing = { evidence: [], requiredScopes: [], missingScopes: [], denial: undefined };
const compare = (parts: Partial<Explanation>, instance?: Partial<Instance>) =>
  compareSides({ ...nothing, ...parts } as unknown as Explanation, instance as Instance | undefined);
const fact = (text: string) => ({ fact: text, source: "the answer" });
const recorded = (facts: Record<string, unknown>) => ({ view: "operator", facts }) as unknown as Denial;

test.each([
  [
    "scopes",
    { code: "TOKEN_ROLE_INSUFFICIENT", requiredScopes: ["authz:read"], missingScopes: ["authz:read"] },
    ["authz:read", "without authz:read"],
  ],
  [
    "algorithms, as the record has them",
    {
      code: "AUTH_ALGORITHM_MISMATCH",
      denial: recorded({ expected_algorithms: ["RS256", "ES256"], token_algorithm: "HS256" }),
    },
    ["RS256 or ES256", "HS256"],
  ],
  [
    "kinds of credential",
    {
      code: "INSTANCE_BOTH_SWITCHES_ON",
      evidence: [fact("a token was sent"), fact("the instance asks for its security key")],
    },
    ["its security key", "a token"],
  ],
])("compares %s", (_, parts, [expected, got]) => {
  expect(compare(parts)).toMatchObject({ expected, got });
});

test("shows none where one side is not known, and cuts what is long", () => {
  expect(compare({ code: "INSTANCE_NOT_REACHED" })).toBeUndefined();
  expect(compare({ code: "SCOPE_MISSING" })).toBeUndefined();
  expect(compare({ code: "INSTANCE_ALGORITHM_OTHER" })).toBeUndefined();
  const key = { code: "INSTANCE_KEY_OTHER", evidence: [fact("the token is signed with k1")] };
  expect(compare(key)).toBeUndefined();
  const observed = { thumbprints: ["k2", "k3"] } as unknown as Instance["observed"];
  expect(compare(key, { observed })).toMatchObject({ expected: "k2, k3", got: "k1", look: "id" });
  const long = compare({ code: "SCOPE_MISSING", requiredScopes: ["x".repeat(900)], missingScopes: ["a"] });
  expect(long?.expected.length).toBe(200);
});
