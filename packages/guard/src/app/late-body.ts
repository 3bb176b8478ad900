/**
 * A body may take minutes to arrive, and whoever sends it was let in before. So whoever reads a body asks once more when
 * it is there: whom the policy in force then does not let in begins nothing.
 */
import type { ProblemAnswer } from "@agentos/auth";

/** What the caller is told instead of the handler's answer; undefined where they are let in still. */
type AskAgain = () => ProblemAnswer | undefined | Promise<ProblemAnswer | undefined>;

const asks = new WeakMap<Request, AskAgain>();

/** The caller of a request is not let in any more: the application answers. */
export class CallerRefused extends Error {
  override readonly name = "CallerRefused";
  readonly answer: ProblemAnswer;

  constructor(answer: ProblemAnswer) {
    super("the caller of the request was shut out while its body arrived");
    this.answer = answer;
  }
}

/** From the application, before the handler. */
export function keepAsking(request: Request, ask: AskAgain): void {
  asks.set(request, ask);
}

/**
 * For whoever has read the body of a request, before anything comes of it. Rejects with what the application answers; no
 * handler need know of it.
 */
export async function requireCaller(request: Request): Promise<void> {
  const ask = asks.get(request);
  if (ask === undefined) return;
  asks.delete(request);
  const answer = await ask();
  if (answer !== undefined) throw new CallerRefused(answer);
}
