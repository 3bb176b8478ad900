/** One name that can be changed. The button is there as soon as there is something to save. */
import type { ClientError } from "@agentos/client";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";

export interface NameFormProps {
  readonly label: string;
  readonly hint: string;
  readonly name: string;
  readonly autoComplete: string;
  readonly error: ClientError | null;
  readonly isBusy: boolean;
  readonly onSave: (name: string) => void;
}

export function NameForm({ label, hint, name, autoComplete, error, isBusy, onSave }: NameFormProps) {
  const [typed, setTyped] = useState(name);
  const isChanged = typed.trim() !== name && typed.trim() !== "";
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isChanged) onSave(typed);
  }
  const fieldFault = faultOfField(error, "name");
  return (
    <form onSubmit={submit} className="flex max-w-96 flex-col items-start gap-3">
      {error === null || fieldFault !== undefined ? null : <ErrorState error={error} isCompact />}
      <div className="w-full">
        <Field label={label} hint={hint} error={fieldFault}>
          <TextInput
            required
            maxLength={100}
            autoComplete={autoComplete}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      </div>
      {isChanged || isBusy ? (
        <div className="flex gap-2">
          <Button type="submit" variant="primary" isBusy={isBusy}>
            Save
          </Button>
          <Button onClick={() => setTyped(name)}>Keep “{name}”</Button>
        </div>
      ) : null}
    </form>
  );
}
