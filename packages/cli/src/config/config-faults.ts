/** Faults of a configuration file in the words of the catalogue, each with its place and what to do. */

import type { FaultCode } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { type ConfigurationFault } from "@agentos/guard";
import { describeIssue, toFinding } from "@agentos/guard/app";
import type { z } from "zod";
import { knownKeys } from "./config-schema.ts";

/** `agents[0].model`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/** A value of the wrong form. The problem never quotes the value. */
export function invalidOption(option: string, problem: string, fix: string): ConfigurationFault {
  return { ...plain("CONFIG_OPTION_INVALID", { option, problem }), fix, at: option };
}

/** A part that this version does not have yet; `fix` where there is something better than leaving it out. */
export function unavailableOption(option: string, arrives: string, fix?: string): ConfigurationFault {
  const fault = plain("CONFIG_OPTION_UNAVAILABLE", { option, arrives });
  return { ...fault, fix: fix ?? fault.fix, at: option };
}

/** What zod found, at `prefix`. */
export function schemaFaults(
  error: z.ZodError,
  prefix: readonly PropertyKey[] = [],
): readonly ConfigurationFault[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownOption(path, key));
    const option = formatPath(path) || "the configuration";
    const { problem, fix } = describeIssue({ ...issue, path });
    return [invalidOption(option, problem, fix)];
  });
}

function unknownOption(path: readonly PropertyKey[], key: string): ConfigurationFault {
  const option = formatPath([...path, key]);
  const known = knownKeys(path);
  const meant = nearest(key, known);
  const suggestion =
    meant === undefined
      ? `remove it; known here are ${known.join(", ")}`
      : `did you mean "${meant}"? Otherwise remove it`;
  return { ...plain("CONFIG_OPTION_UNKNOWN", { option, suggestion }), at: option };
}

function plain(code: FaultCode, facts: Parameters<typeof toFinding>[1]): ConfigurationFault {
  const { message, fix } = toFinding(code, facts);
  return { code, message, fix };
}
