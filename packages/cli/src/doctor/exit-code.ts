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

/** True for a finding about the address or what stands before the server: it says nothing about the token. */
export function isAboutAddress({ code }: Pick<Finding, "code">): boolean {
  return FAILURES.has(code);
}

/** Invalid configuration, then failed, then denied, then cannot tell. Warnings alone are fine. */
export function exitCodeOf(examined: readonly Examined[], comparison: readonly ComparedRow[]): ExitCode {
  const errors = examined.flatMap(({ findings }) => findings.filter(({ level }) => level === "error"));
  if (examined.some(({ kind, findings }) => kind !== "url" && findings.some(isConfigurationError)))
    return ExitCode.invalidConfiguration;
  if (errors.some(isAboutAddress)) return ExitCode.failed;
  if (errors.some(({ certainty }) => certainty !== "cannot tell")) return ExitCode.denied;
  if (errors.length > 0) return ExitCode.cannotTell;
  return comparison.some(({ outcome }) => outcome === "differs") ? ExitCode.failed : ExitCode.ok;
}

function isConfigurationError({ code, level }: Finding): boolean {
  return level === "error" && Object.hasOwn(FAULTS, code);
}
