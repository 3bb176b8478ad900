/** A tool call that waits for a person: to be let run, to be given values, or to be run by them. */
import { Pencil } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { TextArea } from "../../components/text-input.tsx";
import { AnswerForm, type QuestionProps } from "./answer-form.tsx";
import { CallArguments } from "./call-arguments.tsx";
import { findObstacle } from "./decisions.ts";
import { InputFields } from "./input-fields.tsx";
import type { WaitingTool } from "./read-waiting.ts";
import type { ShownCall } from "./show-call.ts";

const APPROVE: Readonly<Record<WaitingTool["kind"], string>> = {
  confirmation: "Approve",
  input: "Send",
  external: "Send result",
};

export interface WaitingCallProps extends QuestionProps {
  readonly tool: WaitingTool;
  readonly shown: ShownCall;
}

export function WaitingCall({ tool, shown, ...form }: WaitingCallProps) {
  const { draft, isOnly, onChange } = form;
  const { kind, name } = tool;
  const isEdited = draft.argumentsText !== undefined;
  const canEdit = kind === "confirmation" && shown.editable !== undefined;
  return (
    <AnswerForm
      {...form}
      name={name}
      isNameHidden={isOnly && kind === "confirmation"}
      yes={isOnly || kind === "confirmation" ? APPROVE[kind] : "Save answer"}
      obstacle={findObstacle(shown, draft)}
      no="The agent reads it."
      moreActions={
        canEdit ? (
          <Button
            size="sm"
            variant="ghost"
            icon={<Pencil aria-hidden />}
            onClick={() =>
              onChange({ ...draft, verdict: undefined, argumentsText: isEdited ? undefined : shown.editable })
            }
          >
            {isEdited ? "Take changes back" : "Edit arguments"}
          </Button>
        ) : null
      }
    >
      {(isRejecting) => (
        <>
          {isEdited ? (
            <Field label="Arguments" hint="The instance says which of them may be changed.">
              <TextArea
                isCode
                rows={rowsOf(draft.argumentsText ?? "")}
                value={draft.argumentsText}
                onChange={({ target }) =>
                  onChange({ ...draft, verdict: undefined, argumentsText: target.value })
                }
              />
            </Field>
          ) : (
            <CallArguments
              shown={shown}
              opened={draft.opened}
              onOpen={(at) => onChange({ ...draft, opened: [...draft.opened, at] })}
            />
          )}
          {kind === "input" && !isRejecting ? (
            <InputFields fields={tool.fields} draft={draft} onChange={onChange} />
          ) : null}
          {kind === "external" && !isRejecting ? (
            <Field label="Result" hint="Run it yourself and enter the result. The agent reads it as text.">
              <TextArea
                isCode
                rows={3}
                value={draft.result}
                onChange={({ target }) => onChange({ ...draft, verdict: undefined, result: target.value })}
              />
            </Field>
          ) : null}
        </>
      )}
    </AnswerForm>
  );
}

/** What is approved is in sight, also while it is edited. */
function rowsOf(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 80), 0);
  return Math.min(Math.max(lines + 1, 4), 200);
}
