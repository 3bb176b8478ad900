/** What is doubtful about a configuration, where nobody prints the policy: one line for each finding. */
import type { RenderedFault } from "@agentos/contract";
import type { Logger } from "./runtime.ts";

/** Logs them, each with its code and its fix. */
export function tellFindings(logger: Logger, findings: readonly RenderedFault[]): void {
  for (const { code, message, fix, severity } of findings)
    logger[severity === "error" ? "error" : "warn"]({ code, fix }, message);
}

/** Logs that another policy is in force, and what is doubtful about it. */
export function tellReplaced(
  logger: Logger,
  { mode, findings }: { readonly mode: string; readonly findings: readonly RenderedFault[] },
): void {
  logger.info({ mode }, "another policy is in force");
  tellFindings(logger, findings);
}
