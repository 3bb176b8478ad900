/** On or off, in force at once. For a choice that is sent with a form there is `Checkbox`. */
import { Switch as Base } from "@base-ui/react/switch";
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface SwitchProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  /** Id of the text beside it that says why it is disabled. */
  readonly describedBy?: string | undefined;
}

export function Switch({ label, hint, isOn, onChange, isDisabled = false, describedBy }: SwitchProps) {
  return (
    <label className="flex items-start gap-3">
      <Base.Root
        checked={isOn}
        onCheckedChange={onChange}
        disabled={isDisabled}
        aria-describedby={describedBy}
        className={cx(
          "mt-0.5 inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border border-control bg-sunken px-0.5 transition-colors",
          "data-checked:border-accent data-checked:bg-accent data-disabled:border-line-strong data-disabled:data-checked:bg-control",
        )}
      >
        <Base.Thumb className="size-3 rounded-full bg-control transition-transform data-checked:translate-x-3.5 data-checked:bg-on-accent" />
      </Base.Root>
      <span className="flex min-w-0 flex-col">
        <span className="text-sm font-medium text-ink">{label}</span>
        {hint === undefined ? null : <span className="text-xs text-ink-soft">{hint}</span>}
      </span>
    </label>
  );
}
