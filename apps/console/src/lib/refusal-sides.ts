/** What was expected and what came, side by side: the shortest way to see a cause. */
import type { Explanation } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { clip, joinWords } from "./words.ts";

export interface Sides {
  /** What is compared. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** `code`: scopes and the like. `id`: ids between commas, cut where they are long. */
  readonly look: "text" | "code" | "id";
}

const MAX_VALUE = 200;

/** Undefined where there are no two sides to show. */
export function compareSides(explanation: Explanation, instance: Instance | undefined): Sides | undefined {
  const { code = "", denial, evidence } = explanation;
  const facts = denial?.view === "operator" ? denial.facts : {};
  const fact = (name: string) => readFact(facts[name]);
  const said = evidence.map((entry) => entry.fact);
  const find = (pattern: RegExp) =>
    said.map((text) => pattern.exec(text)?.[1]).find((text) => text !== undefined);

  if (/SCOPE|ROLE_INSUFFICIENT/.test(code) || explanation.missingScopes.length > 0) {
    const expected = explanation.requiredScopes.join(", ");
    const missing = explanation.missingScopes.join(", ");
    return sides("Scopes", expected, missing === "" ? find(/holds (.+)$/) : `without ${missing}`, "code");
  }
  if (/ALGORITHM|HMAC_TOKEN|PUBLIC_KEY_TOKEN/.test(code))
    return sides("Algorithm", fact("expected_algorithms"), fact("token_algorithm") ?? "RS256", "code");
  if (code === "INSTANCE_KEY_MANGLED") return undefined;
  if (/^INSTANCE_KEY_|^AUTH_(?:SIGNATURE|KEY_UNKNOWN|SIGNED)|^TOKEN_KEY/.test(code))
    return sides("Key", instance?.observed?.thumbprints?.join(", "), find(/signed with (\S+)/), "id");
  if (/OS_ID|AUDIENCE/.test(code))
    return sides(
      "Audience",
      instance?.observed?.os_id ?? undefined,
      fact("audience_found") ?? instance?.os_id ?? undefined,
      "code",
    );
  if (/BOTH_SWITCHES|AUTHORIZATION_|SECURITY_KEY_|TOKEN_NOT_ACCEPTED|CREDENTIAL_MISSING/.test(code)) {
    const asks = find(/^the instance asks for (.+)$/);
    const sent = find(/^(.+) was sent$/);
    return sides("Credential", asks ?? describeMode(instance), sent ?? "no credential", "text");
  }
  return undefined;
}

function sides(
  what: string,
  expected: string | undefined,
  got: string | undefined,
  look: Sides["look"],
): Sides | undefined {
  if (expected === undefined || expected === "" || got === undefined) return undefined;
  return { what, expected: clip(expected, MAX_VALUE), got: clip(got, MAX_VALUE), look };
}

function readFact(value: unknown): string | undefined {
  if (Array.isArray(value))
    return joinWords(
      value.filter((entry) => typeof entry === "string"),
      "or",
    );
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function describeMode(instance: Instance | undefined): string | undefined {
  const observed = instance?.observed;
  if (observed === null || observed === undefined) return undefined;
  if (observed.authorization === "on") return "a token";
  return observed.security_key === "on" ? "its security key" : undefined;
}
