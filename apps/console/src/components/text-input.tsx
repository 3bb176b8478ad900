/** One line or several of text. Inside of a `Field`, which labels it. */
import { Field } from "@base-ui/react/field";
import { X } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "../lib/cx.ts";
import { IconButton } from "./icon-button.tsx";

export interface TextInputProps extends Omit<ComponentProps<typeof Field.Control>, "className"> {
  /** Ids, addresses, keys. */
  readonly isCode?: boolean;
  readonly icon?: ReactNode;
  /** Of a search: the button that empties it is there while something is in it. */
  readonly onClear?: () => void;
}

export function TextInput({ isCode = false, icon, onClear, ...props }: TextInputProps) {
  const canClear = onClear !== undefined && props.value !== undefined && props.value !== "";
  const input = (
    <Field.Control
      {...props}
      spellCheck={isCode ? false : props.spellCheck}
      className={cx(
        "control h-8 w-full px-2.5 pointer-coarse:h-11",
        isCode && "font-mono",
        icon !== undefined && "pl-8",
        canClear && "pr-8 pointer-coarse:pr-11",
      )}
    />
  );
  if (icon === undefined && !canClear) return input;
  return (
    <div className="relative">
      {icon === undefined ? null : (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-faint [&_svg]:size-4"
        >
          {icon}
        </span>
      )}
      {input}
      {canClear ? (
        <span className="absolute inset-y-0 right-1 flex items-center pointer-coarse:right-0">
          <IconButton label="Clear" icon={<X aria-hidden />} size="sm" onClick={onClear} />
        </span>
      ) : null}
    </div>
  );
}

export interface TextAreaProps extends Omit<ComponentProps<"textarea">, "className"> {
  readonly isCode?: boolean;
}

/** Grows with what is in it. */
export function TextArea({ isCode = false, rows = 3, ...props }: TextAreaProps) {
  return (
    <Field.Control
      render={<textarea {...props} rows={rows} />}
      className={cx(
        "control field-sizing-content max-h-80 w-full resize-none px-2.5 py-1.5 pointer-coarse:min-h-11 pointer-coarse:py-2.5",
        isCode && "font-mono",
      )}
    />
  );
}
