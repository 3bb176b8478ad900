/** What is asked of an instance in more than one form. */
import { SegmentedControl } from "../../components/segmented-control.tsx";
import { TextInput } from "../../components/text-input.tsx";
import type { Instance } from "../../lib/instance-state.ts";

interface FieldProps<Value> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function AddressInput({ value, onChange }: FieldProps<string>) {
  return (
    <TextInput
      required
      isCode
      inputMode="url"
      placeholder="http://localhost:7777"
      autoComplete="off"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

export function EnvironmentField({ value, onChange }: FieldProps<Instance["environment"]>) {
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm font-medium text-ink">Environment</p>
      <SegmentedControl
        label="Environment"
        value={value}
        onChange={onChange}
        segments={[
          { value: "local", label: "Local" },
          { value: "live", label: "Live" },
        ]}
      />
      <p className="text-xs text-ink-soft">Only a label.</p>
    </div>
  );
}
