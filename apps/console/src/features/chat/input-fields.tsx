/** Values that a person fills in. Their names and descriptions are the instance's words. */
import { Field } from "../../components/field.tsx";
import { Select } from "../../components/select.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { showHidden } from "../../lib/hidden-text.ts";
import { lookUp } from "../../lib/strangers-names.ts";
import { clip } from "../../lib/words.ts";
import type { QuestionProps } from "./answer-form.tsx";
import { valueOf } from "./decisions.ts";
import { textOf } from "./read-values.ts";
import type { InputField } from "./read-waiting.ts";

export interface InputFieldsProps extends Pick<QuestionProps, "draft" | "onChange"> {
  readonly fields: readonly InputField[];
}

export function InputFields({ fields, draft, onChange }: InputFieldsProps) {
  return fields.map((field) => {
    const { name, description, type, isOptional } = field;
    const allowed = readChoices(field);
    const label = showHidden(clip(name, 200));
    const put = (text: string) =>
      onChange({ ...draft, verdict: undefined, values: { ...draft.values, [name]: text } });
    return (
      <Field
        key={name}
        label={isOptional ? `${label} (optional)` : label}
        hint={
          (description && showHidden(description)) ?? (allowed.length === 0 ? describeType(type) : undefined)
        }
      >
        {allowed.length === 0 ? (
          <TextInput
            required={!isOptional}
            value={valueOf(draft, field)}
            onChange={({ target }) => put(target.value)}
          />
        ) : (
          <Select
            options={allowed.map((value) => ({ value, label: showHidden(value) }))}
            value={valueOf(draft, field) || null}
            onChange={put}
          />
        )}
      </Field>
    );
  });
}

const MAX_CHOICE = 200;

/** Texts of the values to choose among; none where one of them could not be shown whole, or told apart from another. */
function readChoices({ allowed }: InputField): readonly string[] {
  const texts = allowed.map(textOf);
  const isTold = texts.every((text) => text.length <= MAX_CHOICE) && new Set(texts).size === texts.length;
  return isTold ? texts : [];
}

/** The types that an AgentOS has, in plain words. */
const TYPES: Readonly<Record<string, string>> = {
  str: "A text",
  int: "A whole number",
  float: "A number",
  bool: "true or false",
  list: "A list, as JSON",
  dict: "An object, as JSON",
};

function describeType(type: string): string {
  return lookUp(TYPES, type) ?? `A value of the type ${type}`;
}
