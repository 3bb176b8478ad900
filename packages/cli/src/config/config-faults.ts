/** Faults of a configuration file: those of its form, and parts that later releases build. */
import { createFault, type Fault } from "@agentos/contract";
import { findOptionFaults } from "@agentos/guard/app";
import { DATABASE_WORDS } from "@agentos/server";
import type { z } from "zod";
import { CONFIG_EXAMPLES, configSchema } from "./config-schema.ts";

/** What zod found in the whole file. */
export function findFormFaults(error: z.ZodError, given: unknown): readonly Fault[] {
  return findOptionFaults(error, {
    schema: configSchema,
    given,
    whole: "the configuration",
    words: { database: DATABASE_WORDS },
    examples: CONFIG_EXAMPLES,
  });
}

/** A part that this version does not have yet; `suggestion` where there is something better than leaving it out. */
export function createUnavailableFault(parts: {
  readonly option: string;
  readonly arrives: string;
  readonly suggestion?: string;
}): Fault {
  const { option, ...facts } = parts;
  return createFault({ code: "CONFIG_OPTION_UNAVAILABLE", at: option, facts });
}
