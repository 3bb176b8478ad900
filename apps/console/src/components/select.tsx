/** One of a few. For more than a dozen there is `Combobox`, which can be searched. */
import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

export interface SelectProps<Value extends string> {
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly placeholder?: string;
  /** Needed where no `Field` labels it. */
  readonly label?: string;
  readonly isDisabled?: boolean;
}

export function Select<Value extends string>({
  options,
  value,
  onChange,
  placeholder = "Choose…",
  label,
  isDisabled = false,
}: SelectProps<Value>) {
  return (
    <Base.Root<Value>
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      disabled={isDisabled}
    >
      <Base.Trigger
        aria-label={label}
        className="control flex h-8 w-full min-w-32 items-center justify-between gap-2 pr-2 pl-2.5 text-left pointer-coarse:h-11"
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-ink-faint" />
        <Base.Icon className="text-ink-faint">
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="popup max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto p-1">
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className="popup-item">
                  <OptionText hint={option.hint}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                  </OptionText>
                  <Base.ItemIndicator className="ml-auto text-accent-ink">
                    <Check aria-hidden className="size-4" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function OptionText({ hint, children }: { readonly hint: string | undefined; readonly children: ReactNode }) {
  return (
    <span className="flex min-w-0 flex-col">
      {children}
      {hint === undefined ? null : <span className="text-xs text-ink-soft">{hint}</span>}
    </span>
  );
}
