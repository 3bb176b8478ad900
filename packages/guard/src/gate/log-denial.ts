/** A recorded denial in the log: the operator reads here what the caller does not see. */
import { REFUSALS, renderText } from "@agentos/contract";
import type { DenialRecord } from "../denials/denial-recorder.ts";
import { FACTS_FOR_TEXTS } from "../denials/show-denial.ts";
import type { Logger } from "../log/runtime.ts";

/** Writes one line. */
export function logDenial(
  logger: Logger,
  { id, code, route, client, subject, issuer, count, facts, fix }: DenialRecord,
): void {
  const { stage, title } = REFUSALS[code];
  const told = Object.fromEntries(Object.entries(facts).filter(([name]) => !FACTS_FOR_TEXTS.has(name)));
  logger.warn(
    {
      denial_id: id,
      code,
      stage,
      route,
      client,
      subject,
      ...(issuer === undefined ? {} : { issuer }),
      count,
      facts: told,
      fix,
    },
    renderText(title, facts),
  );
}
