// JSON blocks parse; those that are an agentos.json are judged by the command's own schema.
import { renderFault } from "@agentos/contract";
import { buildAgents } from "../../packages/cli/src/config/build-agents.ts";
import { findFormFaults } from "../../packages/cli/src/config/config-faults.ts";
import { configSchema } from "../../packages/cli/src/config/config-schema.ts";
import { findUnavailable } from "../../packages/cli/src/config/find-unavailable.ts";
import { scanJson } from "../../packages/cli/src/config/scan-json.ts";
import type { Block, Fault } from "./read-page.ts";

export function judgeJson(block: Block): readonly Fault[] {
  const broken = scanJson(block.text);
  if (broken.length > 0) {
    return broken.map(({ line, column, problem }) => ({
      path: block.path,
      line: block.line + line - 1,
      problem: `column ${column}: ${problem}`,
    }));
  }
  const value: unknown = JSON.parse(block.text);
  const problems = isConfig(value) ? judgeConfig(value) : [];
  return problems.map((problem) => ({ path: block.path, line: block.line, problem }));
}

/** Told by its parts; what a server answers has an `os_id`. */
function isConfig(value: unknown): boolean {
  if (typeof value !== "object" || value === null || "os_id" in value) return false;
  return "authorization" in value || "securityKey" in value || ("agents" in value && "id" in value);
}

function judgeConfig(value: unknown): readonly string[] {
  const parsed = configSchema.safeParse(value);
  const faults = [
    ...findUnavailable(value),
    ...(parsed.success ? buildAgents(parsed.data.agents ?? []).faults : findFormFaults(parsed.error, value)),
  ];
  return faults.map((fault) => `${renderFault(fault, "agentos").message} [${fault.code}]`);
}
