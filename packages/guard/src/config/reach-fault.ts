/** A server that believes everybody may only listen where nobody else can reach it. */
import { createFault, type Fault } from "@agentos/contract";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** Why the server must not listen on another host than a loopback one; undefined for one that asks for a credential. */
export function createReachFault(
  { policy: { mode }, environment }: Pick<ResolvedPolicy, "policy" | "environment">,
  host: string,
): Fault | undefined {
  const reach = `"${host}" is no loopback address`;
  if (mode === "jwt-unverified")
    return createFault({ code: "CONFIG_UNVERIFIED_BEYOND_LOOPBACK", facts: { reach } });
  if (mode !== "none") return undefined;
  const [empty] = environment.emptyVariables.filter((name) => CREDENTIALS.includes(name));
  // Somebody meant to protect it: what is empty is named, not what else there is.
  const suggestion = `"${empty ?? ""}" is set but empty: give it a value, or serve on "localhost"`;
  return createFault({
    code: "CONFIG_OPEN_BEYOND_LOOPBACK",
    facts: { reach, ...(empty === undefined ? {} : { suggestion }) },
  });
}

/** A guard of its own cannot see who reaches it, so it never works without a credential (contract 1.1). */
export function findNoCredentialFaults({
  policy: { mode },
  faults,
}: Pick<ResolvedPolicy, "policy" | "faults">): readonly Fault[] {
  if (mode !== "none") return [];
  const empty = faults.filter(
    ({ code, facts }) => code === "CONFIG_VARIABLE_EMPTY" && CREDENTIALS.includes(String(facts["variable"])),
  );
  if (empty.length > 0) return empty.map((fault) => ({ ...fault, severity: "error" }));
  return [createFault({ code: "CONFIG_KEYS_MISSING" })];
}

const CREDENTIALS: readonly string[] = ["OS_SECURITY_KEY", "JWT_VERIFICATION_KEY", "JWT_JWKS_FILE"];
