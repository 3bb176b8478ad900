/** A button that shows only an icon. Its label is what a screen reader says, and what the tooltip shows. */
import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps, ReactNode, Ref } from "react";
import { cx } from "../lib/cx.ts";
import { Tooltip } from "./tooltip.tsx";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children" | "aria-label" | "ref"> {
  readonly label: string;
  readonly icon: ReactNode;
  readonly size?: "sm" | "md";
  /** Where the label is shown in another way beside it. */
  readonly hasTooltip?: boolean;
  readonly ref?: Ref<HTMLElement>;
}

export function IconButton({
  label,
  icon,
  size = "md",
  hasTooltip = true,
  className,
  type = "button",
  ...props
}: IconButtonProps) {
  const button = (
    <BaseButton
      {...props}
      type={type}
      focusableWhenDisabled
      aria-label={label}
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors",
        "hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink data-popup-open:bg-hover data-popup-open:text-ink",
        "data-disabled:text-ink-faint [&_svg]:size-4 pointer-coarse:size-11",
        size === "sm" ? "size-6" : "size-8",
        className,
      )}
    >
      {icon}
    </BaseButton>
  );
  return hasTooltip ? <Tooltip content={label}>{button}</Tooltip> : button;
}
