/** Buttons. One primary button per screen; what destroys something is `danger`, and says what in its own words. */
import { Button as BaseButton } from "@base-ui/react/button";
import { createLink } from "@tanstack/react-router";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: "border-transparent bg-accent text-on-accent hover:not-data-disabled:bg-accent-hover",
  secondary:
    "border-line-strong bg-raised text-ink hover:not-data-disabled:bg-hover active:not-data-disabled:bg-pressed",
  ghost:
    "border-transparent text-ink-soft hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink data-popup-open:bg-hover",
  danger: "border-transparent bg-danger text-on-accent hover:not-data-disabled:bg-danger-hover",
};
const SIZES: Readonly<Record<ButtonSize, string>> = {
  // Small to the eye, 44 px to a finger.
  sm: "h-7 px-2 text-xs gap-1 pointer-coarse:h-9 pointer-coarse:relative pointer-coarse:before:absolute pointer-coarse:before:-inset-1",
  md: "h-8 px-3 text-sm gap-1.5 pointer-coarse:h-11",
};

function buttonClasses(variant: ButtonVariant, size: ButtonSize): string {
  return cx(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md border font-medium transition-colors",
    "not-aria-busy:data-disabled:text-ink-faint",
    // What has no frame gets none.
    variant !== "ghost" && "not-aria-busy:data-disabled:border-line not-aria-busy:data-disabled:bg-sunken",
    "[&_svg]:size-4 [&_svg]:shrink-0",
    VARIANTS[variant],
    SIZES[size],
  );
}

export interface ButtonProps extends Omit<ComponentProps<"button">, "ref"> {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Something is on its way: the button stays where it is, and cannot be pressed twice. */
  readonly isBusy?: boolean;
  readonly icon?: ReactNode;
  readonly ref?: React.Ref<HTMLElement>;
}

/** A disabled one stays reachable by keyboard, so that its reason can be read. */
export function Button({
  variant = "secondary",
  size = "md",
  isBusy = false,
  icon,
  className,
  children,
  disabled,
  type = "button",
  ...props
}: ButtonProps) {
  return (
    <BaseButton
      {...props}
      type={type}
      disabled={disabled === true || isBusy}
      focusableWhenDisabled
      aria-busy={isBusy || undefined}
      className={cx(buttonClasses(variant, size), className)}
    >
      {isBusy ? <LoaderCircle aria-hidden className="spinning" /> : icon}
      {children}
    </BaseButton>
  );
}

interface LinkLookProps extends Omit<ComponentProps<"a">, "className"> {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  readonly icon?: ReactNode;
  /** The whole card that it stands in is pressed. Other links of the card need `relative z-1`. */
  readonly isStretched?: boolean;
}

/** Goes to another page of the console, with the look of a button. */
export const ButtonLink = createLink(function ButtonAnchor({
  variant = "secondary",
  size = "md",
  icon,
  isStretched = false,
  children,
  ...props
}: LinkLookProps) {
  return (
    <a
      {...props}
      className={cx(
        buttonClasses(variant, size),
        isStretched && "static! before:hidden after:absolute after:inset-0",
      )}
    >
      {icon}
      {children}
    </a>
  );
});
