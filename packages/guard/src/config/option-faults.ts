/** Catalogue faults as the operator reads them, and option errors of zod as catalogue faults. */
import { FAULTS, type Facts, type FaultCode, renderText } from "@agentos/contract";
import type { z } from "zod";
import type { ConfigurationFault } from "./configuration-error.ts";
import { describeIssue } from "./describe-issue.ts";

/** A fault with its severity: errors stop the start, warnings are printed. */
export interface Finding extends ConfigurationFault {
  /** `error` stops the start, `warning` is printed. */
  readonly severity: "error" | "warning";
}

/** Renders a catalogue fault. */
export function toFinding(code: FaultCode, facts: Facts, at?: string): Finding {
  const entry = FAULTS[code];
  const message = renderText(entry.title, facts);
  return {
    code,
    severity: entry.severity,
    message: at === undefined ? message : `${at}: ${message}`,
    fix: renderText(entry.fix, facts),
    ...(at === undefined ? {} : { at }),
  };
}

/** Options that later releases bring, with when. They are refused, never ignored. */
const ARRIVES_LATER: Readonly<Record<string, string>> = {
  teams: "teams arrive with the runtime release",
  workflows: "workflows arrive with the runtime release",
  database:
    "storage arrives with the state release; until then leave it out or null: runs are kept in memory",
  databaseId: "storage arrives with the state release",
};

/** Every problem that zod found, as findings. */
export function optionFindings(error: z.ZodError): readonly Finding[] {
  return error.issues.flatMap((issue) => {
    const path = pathOf(issue.path);
    if (issue.code !== "unrecognized_keys") {
      const { problem, fix } = describeIssue(issue);
      return [{ ...toFinding("CONFIG_OPTION_INVALID", { option: path || "options", problem }), fix }];
    }
    return issue.keys.map((key) => {
      const option = path === "" ? key : `${path}.${key}`;
      const arrives = ARRIVES_LATER[key];
      if (arrives !== undefined) return toFinding("CONFIG_OPTION_UNAVAILABLE", { option, arrives });
      return toFinding("CONFIG_OPTION_UNKNOWN", { option, suggestion: "remove it, or correct its spelling" });
    });
  });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
