/** The decision about one step of a workflow, or why there is none yet. Pure. */
import { type Draft, fillFields, type Judged } from "./decisions.ts";
import type { WaitingStep } from "./read-steps.ts";

export function judgeStep(step: WaitingStep, draft: Draft): Judged {
  const { id, needsYes, fields, choices } = step;
  if (draft.verdict === undefined) return { isReady: false, reason: "Not decided yet." };
  if (draft.verdict === "reject") {
    const feedback = draft.note.trim();
    const said = feedback === "" ? {} : { rejection_feedback: feedback };
    return { isReady: true, decision: { step: id, confirmed: false, ...said } };
  }
  const filled = fillFields(fields, draft);
  if (filled.reason !== undefined) return { isReady: false, reason: filled.reason };
  const chosen = choices.filter((choice) => draft.chosen.includes(choice));
  if (choices.length > 0 && chosen.length === 0) return { isReady: false, reason: "Choose what comes next." };
  return {
    isReady: true,
    decision: {
      step: id,
      ...(needsYes ? { confirmed: true } : {}),
      ...(fields.length === 0
        ? {}
        : { user_input: Object.fromEntries(filled.values.map(({ name, value }) => [name, value])) }),
      ...(choices.length === 0 ? {} : { selected_choices: chosen }),
    },
  };
}
