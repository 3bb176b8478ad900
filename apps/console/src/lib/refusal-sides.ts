/** What was expected and what came, side by side: the shortest way to see a cause. */
import type { Explanation } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { clip, joinWords } from "./words.ts";

export interface Sides {
  /** What is compared. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** Ids, scopes and the like. */
  readonly isCode: boolean;
  /** What was expected is said in words. */
  readonly isExpectedInWords?: boolean;
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
    const expected = explanation.requiredScopes.join(", ") || find(/ needs (.+)$/);
    const missing = explanation.missingScopes.join(", ");
    return sides("Scopes", expected, missing === "" ? find(/holds (.+)$/) : `without ${missing}`, true);
  }
  if (/ALGORITHM|HMAC_TOKEN|PUBLIC_KEY_TOKEN/.test(code))
    return sides(
      "Algorithm",
      fact("expected_algorithms") ??
        (code === "INSTANCE_ALGORITHM_OTHER" ? "another one than RS256" : undefined),
      fact("token_algorithm") ?? "RS256",
      true,
    );
  if (/^INSTANCE_KEY_|^AUTH_(?:SIGNATURE|KEY_UNKNOWN|SIGNED)|^TOKEN_KEY/.test(code)) {
    const loaded = instance?.observed?.thumbprints ?? null;
    const kid = find(/signed with (\S+)/);
    const expected =
      code === "INSTANCE_KEY_MANGLED"
        ? "a key that can be read"
        : loaded === null
          ? `one of the keys loaded on ${clip(instance?.name ?? "the instance", 60)} (not readable from here)`
          : loaded.join(", ") || "no key: none is loaded";
    const compared = sides(
      code === "INSTANCE_KEY_MANGLED" ? "Verification key of the instance" : "Key",
      expected,
      code === "INSTANCE_KEY_MANGLED" ? "one that was damaged on its way" : (kid ?? "a token of another key"),
      code !== "INSTANCE_KEY_MANGLED",
    );
    return compared && { ...compared, isExpectedInWords: loaded === null || loaded.length === 0 };
  }
  if (/VERSION/.test(code))
    return sides("Version", "2.3.13 or later, to verify tokens", instance?.version ?? "unknown", false);
  if (/OS_ID|AUDIENCE/.test(code))
    return sides(
      "Audience",
      instance?.observed?.os_id ?? undefined,
      fact("audience_found") ?? instance?.os_id ?? undefined,
      true,
    );
  if (/BOTH_SWITCHES|AUTHORIZATION_|SECURITY_KEY_|TOKEN_NOT_ACCEPTED|CREDENTIAL_MISSING/.test(code)) {
    const asks = find(/^the instance asks for (.+)$/);
    const sent = find(/^(.+) was sent$/);
    return sides("Credential", asks ?? describeMode(instance), sent ?? "no credential", false);
  }
  if (code === "AUTH_CLOCKS_DIFFER")
    return sides(
      "Clock of the instance",
      "that of the control plane",
      find(/^the clock of the instance is (.+)$/),
      false,
    );
  if (/EXPIRED/.test(code))
    return sides("Time", "a token that has not ended", fact("duration") ?? "one that has", false);
  return undefined;
}

function sides(
  what: string,
  expected: string | undefined,
  got: string | undefined,
  isCode: boolean,
): Sides | undefined {
  if (expected === undefined || got === undefined) return undefined;
  return { what, expected: clip(expected, MAX_VALUE), got: clip(got, MAX_VALUE), isCode };
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
