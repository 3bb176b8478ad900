/** A terminal that a test types at: two streams that say they are one. */
import { PassThrough } from "node:stream";

export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";

export function openTypedTerminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  let shown = "";
  const answers: { readonly question: string; readonly keys: string }[] = [];
  stderr.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const next = answers[0];
    if (next === undefined || !shown.includes(next.question)) return;
    answers.shift();
    shown = "";
    stdin.write(next.keys);
  });
  return {
    stdin,
    stderr,
    /** What was shown since the last answer. */
    shown: () => shown,
    /** Types these keys as soon as the question is shown. */
    answer: (question: string, keys: string) => void answers.push({ question, keys }),
  };
}
