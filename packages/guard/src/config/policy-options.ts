/** Options of a policy that comes into force while a server runs: those of a start, but for what a server is. */
import type { Fault } from "@agentos/contract";
import { createFault } from "@agentos/contract";
import { z } from "zod";
import { type AuthOptions, authOptionsShape } from "./auth-options.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { findOptionFaults } from "./option-faults.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/**
 * A policy as a whole: what is left out has its default, and not the value that is in force. Only `env`, `cliCommand` and
 * `writtenIn` stay those of the start; an `id` that is given has to be the one of the start.
 */
export type PolicyOptions = AuthOptions;

const policyOptionsSchema = z.strictObject(authOptionsShape);

/** Checks the form of a new policy, and completes it by what stays. Throws a ConfigurationError with every fault. */
export function completePolicyOptions(given: PolicyOptions, started: AuthOptions): AuthOptions {
  const parsed = policyOptionsSchema.safeParse(given);
  if (!parsed.success)
    throw new ConfigurationError({
      faults: findOptionFaults(parsed.error, { schema: policyOptionsSchema, given }),
      cli: started.cliCommand,
    });
  const { id, env, cliCommand, writtenIn } = started;
  const kept = { id, env, cliCommand, writtenIn };
  // What is there and undefined is left out.
  const chosen = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return { ...kept, ...Object.fromEntries(chosen) };
}

/** An id names the tokens that are meant for a server, and all that it has stored. */
export function findIdFaults(next: ResolvedPolicy, inForce: ResolvedPolicy): readonly Fault[] {
  const [expected, found] = [inForce.policy.id, next.policy.id];
  return expected === found ? [] : [createFault({ code: "CONFIG_ID_FIXED", facts: { expected, found } })];
}
