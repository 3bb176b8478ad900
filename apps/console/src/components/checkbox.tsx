/** A choice that is sent with a form. */
import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

export interface CheckboxProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isChecked: boolean;
  readonly isMixed?: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Checkbox({
  label,
  hint,
  isChecked,
  isMixed = false,
  onChange,
  isDisabled = false,
}: CheckboxProps) {
  return (
    <label className="flex items-start gap-2.5 pointer-coarse:min-h-11 pointer-coarse:py-3">
      <Base.Root
        checked={isChecked}
        indeterminate={isMixed}
        onCheckedChange={onChange}
        disabled={isDisabled}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-control bg-raised text-on-accent transition-colors data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:border-line-strong data-disabled:bg-sunken data-disabled:text-ink-faint"
      >
        <Base.Indicator className="flex">
          {isMixed ? (
            <Minus aria-hidden className="size-3" strokeWidth={3} />
          ) : (
            <Check aria-hidden className="size-3" strokeWidth={3} />
          )}
        </Base.Indicator>
      </Base.Root>
      <span className="flex min-w-0 flex-col">
        <span className="text-sm text-ink">{label}</span>
        {hint === undefined ? null : <span className="text-xs text-ink-soft">{hint}</span>}
      </span>
    </label>
  );
}
