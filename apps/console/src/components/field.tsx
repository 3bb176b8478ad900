/** A control with its label, a hint below, and what is wrong with it. */
import { Field as Base } from "@base-ui/react/field";
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface FieldProps {
  readonly label: string;
  /** Where the label is plain from the surroundings. It is still said. */
  readonly isLabelHidden?: boolean;
  readonly hint?: ReactNode;
  /** Cause first. */
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  readonly name?: string;
  readonly children: ReactNode;
}

export function Field({
  label,
  isLabelHidden = false,
  hint,
  error,
  isDisabled = false,
  name,
  children,
}: FieldProps) {
  return (
    <Base.Root
      name={name}
      invalid={error !== undefined}
      disabled={isDisabled}
      className="flex min-w-0 flex-col gap-1.5"
    >
      <Base.Label className={cx("text-sm font-medium text-ink", isLabelHidden && "sr-only")}>
        {label}
      </Base.Label>
      {children}
      {error === undefined ? null : (
        <Base.Error match className="text-xs text-danger-ink">
          {error}
        </Base.Error>
      )}
      {hint === undefined ? null : (
        <Base.Description className="text-xs text-ink-soft">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}
