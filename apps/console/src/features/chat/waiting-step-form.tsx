/** A step of a workflow that waits for a person: what the workflow says, and the yes, the values or the way that it wants. */
import { Checkbox } from "../../components/checkbox.tsx";
import { Field } from "../../components/field.tsx";
import { LongText } from "../../components/long-text.tsx";
import { Select } from "../../components/select.tsx";
import { showHidden } from "../../lib/hidden-text.ts";
import { lookUp } from "../../lib/strangers-names.ts";
import { AnswerForm, type QuestionProps } from "./answer-form.tsx";
import { InputFields } from "./input-fields.tsx";
import type { WaitingStep } from "./read-steps.ts";

/** What becomes of a no, as the step is made. */
const AFTER_NO: Readonly<Record<string, string>> = {
  skip: "A no skips the step, and the workflow goes on.",
  cancel: "A no ends the workflow.",
  else: "A no takes the other branch of the workflow.",
  retry: "A no has the step done again. Whoever does it reads your reason.",
};

export interface WaitingStepFormProps extends QuestionProps {
  readonly step: WaitingStep;
}

export function WaitingStepForm({ step, ...form }: WaitingStepFormProps) {
  const { draft, isOnly, onChange } = form;
  const { name, message, output, needsYes, onReject, fields } = step;
  return (
    <AnswerForm
      {...form}
      name={name}
      isNameHidden={isOnly}
      yes={needsYes ? "Approve" : isOnly ? "Send" : "Save answer"}
      no={needsYes ? (lookUp(AFTER_NO, onReject) ?? "The workflow reads it.") : undefined}
    >
      {(isRejecting) => (
        <>
          <Quote title="The workflow says" text={message} />
          <Quote title="What the step has made" text={output ?? ""} />
          {isRejecting ? null : (
            <>
              <InputFields fields={fields} draft={draft} onChange={onChange} />
              <Choices step={step} draft={draft} onChange={onChange} />
            </>
          )}
        </>
      )}
    </AnswerForm>
  );
}

function Quote({ title, text }: { readonly title: string; readonly text: string }) {
  return text === "" ? null : (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-xs text-ink-soft">{title}</p>
      <p className="border-l-2 border-line-strong pl-3 text-sm whitespace-pre-wrap wrap-anywhere text-ink">
        <LongText text={showHidden(text)} />
      </p>
    </div>
  );
}

function Choices({
  step: { choices, isMultiple },
  draft,
  onChange,
}: Pick<WaitingStepFormProps, "step" | "draft" | "onChange">) {
  const choose = (chosen: readonly string[]) => onChange({ ...draft, verdict: undefined, chosen });
  if (choices.length === 0) return null;
  if (!isMultiple)
    return (
      <Field label="What comes next">
        <Select
          options={choices.map((choice) => ({ value: choice, label: showHidden(choice) }))}
          value={draft.chosen[0] ?? null}
          onChange={(choice) => choose([choice])}
        />
      </Field>
    );
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 text-sm font-medium text-ink">What comes next, one or more</legend>
      {choices.map((choice) => (
        <Checkbox
          key={choice}
          label={showHidden(choice)}
          isChecked={draft.chosen.includes(choice)}
          onChange={(isChecked) =>
            choose(isChecked ? [...draft.chosen, choice] : draft.chosen.filter((other) => other !== choice))
          }
        />
      ))}
    </fieldset>
  );
}
