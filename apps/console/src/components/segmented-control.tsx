/** One of two to four views or settings, all of them seen. */
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Stands in the place of the label, which is then only said. */
  readonly icon?: ReactNode;
}

export interface SegmentedControlProps<Value extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function SegmentedControl<Value extends string>({
  label,
  segments,
  value,
  onChange,
}: SegmentedControlProps<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={onChange}
      className="inline-flex h-8 w-fit items-center gap-0.5 rounded-md border border-line bg-sunken p-0.5 pointer-coarse:h-11"
    >
      {segments.map((segment) => (
        <Radio.Root
          key={segment.value}
          value={segment.value}
          aria-label={segment.label}
          className={cx(
            "inline-flex h-6.5 items-center justify-center gap-1.5 rounded-sm border border-transparent px-2 text-xs font-medium text-ink-soft transition-colors pointer-coarse:h-9",
            "hover:text-ink data-checked:border-control data-checked:bg-raised data-checked:text-ink [&_svg]:size-3.5",
          )}
        >
          {segment.icon ?? segment.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
