/** A recorded denial in the log: the operator reads here what the caller does not see. */
import { REFUSALS, renderText } from "@agentos/contract";
import type { DenialRecord } from "../denials/denial-recorder.ts";
import type { Logger } from "../log/runtime.ts";

/** Facts that only fill the texts of the answer. */
const FOR_TEXTS = new Set([
  "cli",
  "alternative",
  "audience_hint",
  "accepted_credential",
  "scope_choice",
  "header_name",
  "cookie_name",
]);

/** Writes one line. */
export function logDenial(
  logger: Logger,
  { id, code, route, client, subject, issuer, count, facts, fix }: DenialRecord,
): void {
  const { stage, title } = REFUSALS[code];
  const told = Object.fromEntries(Object.entries(facts).filter(([name]) => !FOR_TEXTS.has(name)));
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
