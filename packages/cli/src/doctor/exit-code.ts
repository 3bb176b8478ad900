/** The exit status of the doctor (design.md section 10): the gravest thing that was found. */
import { FAULTS } from "@agentos/contract";
import { ExitCode } from "../program/exit-codes.ts";
import type { ComparedRow } from "./compare.ts";
import type { Examined, Finding } from "./report.ts";

const FAILURES = new Set([
  "CLI_SERVER_UNREACHABLE",
  "CLI_SERVER_SLOW",
  "CLI_SERVER_NOT_AGENTOS",
  "CLI_PATH_PREFIX_WRONG",
  "CLI_SERVER_REDIRECTS",
]);

/** Nobody refuses, and the request leads nowhere all the same. */
const ABSENT = new Set(["CLI_ROUTE_UNKNOWN", "CLI_ITEM_UNKNOWN"]);

/** True for a finding about the address or what stands before the server: it says nothing about the token. */
export function isAboutAddress({ code }: Pick<Finding, "code">): boolean {
  return FAILURES.has(code);
}

/** True for a finding about a path: whoever is told so has been let in. */
export function isAboutPath({ code }: Pick<Finding, "code">): boolean {
  return ABSENT.has(code);
}

/**
 * Invalid configuration, then failed, then denied, then cannot tell. Warnings alone are fine. INVARIANT: 0 with a token
 * only where each place has let a GET with this token in; nothing that was judged here alone ends with 0.
 */
export function exitCodeOf(
  examined: readonly Examined[],
  comparison: readonly ComparedRow[],
  { hasToken }: { readonly hasToken: boolean },
): ExitCode {
  const errors = examined.flatMap(({ findings }) => findings.filter(({ level }) => level === "error"));
  if (examined.some(({ kind, findings }) => isConfiguration(kind) && findings.some(isConfigurationError)))
    return ExitCode.invalidConfiguration;
  if (errors.some((finding) => isAboutAddress(finding) || isAboutPath(finding))) return ExitCode.failed;
  if (errors.some(({ certainty, leavesOpen }) => certainty !== "cannot tell" && leavesOpen !== true))
    return ExitCode.denied;
  if (errors.length > 0) return ExitCode.cannotTell;
  if (comparison.some(({ outcome }) => outcome === "differs")) return ExitCode.failed;
  // Of a configuration without a token only its start was in question.
  return examined.every(({ kind, isAccepted }) => isAccepted || (isConfiguration(kind) && !hasToken))
    ? ExitCode.ok
    : ExitCode.cannotTell;
}

function isConfiguration(kind: Examined["kind"]): boolean {
  return kind === "config" || kind === "environment";
}

function isConfigurationError({ code, level }: Finding): boolean {
  return level === "error" && Object.hasOwn(FAULTS, code);
}
