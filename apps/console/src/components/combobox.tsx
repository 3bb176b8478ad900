/** One of many, found by typing. */
import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown } from "lucide-react";
import { cx } from "../lib/cx.ts";
import type { SelectOption } from "./select.tsx";

export interface ComboboxProps<Value extends string> {
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value | null) => void;
  readonly placeholder?: string;
  /** Needed where no `Field` labels it. */
  readonly label?: string;
  readonly emptyText?: string;
  /** Nothing chosen is a choice as well: the placeholder names it. */
  readonly isFilter?: boolean;
}

export function Combobox<Value extends string>({
  options,
  value,
  onChange,
  placeholder = "Search…",
  label,
  emptyText = "Nothing has this name.",
  isFilter = false,
}: ComboboxProps<Value>) {
  return (
    <Base.Root<SelectOption<Value>>
      items={options}
      value={options.find((option) => option.value === value) ?? null}
      onValueChange={(option) => onChange(option?.value ?? null)}
    >
      <Base.InputGroup className="relative">
        <Base.Input
          aria-label={label}
          placeholder={placeholder}
          className={cx(
            "control h-8 w-full pr-8 pl-2.5 pointer-coarse:h-11",
            isFilter && "placeholder:text-ink!",
          )}
        />
        <Base.Trigger
          aria-label="Show all"
          className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-ink-faint"
        >
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Base.Trigger>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="popup max-h-[min(20rem,var(--available-height))] w-(--anchor-width) min-w-56 overflow-y-auto p-1">
            <Base.Empty className="text-sm text-ink-soft not-empty:px-2 not-empty:py-1.5">
              {emptyText}
            </Base.Empty>
            <Base.List>
              {(option: SelectOption<Value>) => (
                <Base.Item key={option.value} value={option} className="popup-item">
                  <span className="flex min-w-0 flex-col">
                    <span className="truncate">{option.label}</span>
                    {option.hint === undefined ? null : (
                      <span className="text-xs text-ink-soft">{option.hint}</span>
                    )}
                  </span>
                  <Base.ItemIndicator className="ml-auto text-accent-ink">
                    <Check aria-hidden className="size-4" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
