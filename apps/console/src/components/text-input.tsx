/** One line or several of text. Inside of a `Field`, which labels it. */
import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface TextInputProps extends Omit<ComponentProps<typeof Field.Control>, "className"> {
  /** Ids, addresses, keys. */
  readonly isCode?: boolean;
  readonly icon?: ReactNode;
}

export function TextInput({ isCode = false, icon, ...props }: TextInputProps) {
  const input = (
    <Field.Control
      {...props}
      spellCheck={isCode ? false : props.spellCheck}
      className={cx(
        "control h-8 w-full px-2.5 pointer-coarse:h-11",
        isCode && "font-mono",
        icon !== undefined && "pl-8",
      )}
    />
  );
  if (icon === undefined) return input;
  return (
    <div className="relative">
      <span
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-faint [&_svg]:size-4"
      >
        {icon}
      </span>
      {input}
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
