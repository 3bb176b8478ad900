/** What could not be done as it was asked, in the catalogue's words: for a command, which has no answer to put them into. */
import { LIMITS, REJECTIONS, renderText } from "@agentos/contract";
import { Rejected } from "../store/rejected.ts";

export interface ExplainedRejection {
  readonly code: string;
  readonly title: string;
  readonly fix: string;
}

/** Undefined for any other error. */
export function explainRejection(error: unknown, cli: string): ExplainedRejection | undefined {
  if (!(error instanceof Rejected)) return undefined;
  const { code } = error;
  const entry = Object.entries({ ...REJECTIONS, ...LIMITS }).find(([known]) => known === code)?.[1];
  if (entry === undefined) return undefined;
  const facts = { ...error.facts, cli };
  return { code, title: renderText(entry.title, facts), fix: renderText(entry.fix, facts) };
}
