/** Links within text. */
import { createLink } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "../lib/cx.ts";

const LOOK =
  "rounded-sm font-medium text-accent-ink underline decoration-transparent underline-offset-3 transition-colors hover:decoration-current";

/** To a page of the console. */
export const TextLink = createLink(function TextAnchor({
  className,
  children,
  ...props
}: ComponentProps<"a">) {
  return (
    <a {...props} className={cx(LOOK, className)}>
      {children}
    </a>
  );
});

/** To another site: in a tab of its own, which learns nothing of where it was opened. */
export function ExternalLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className={cx(LOOK, "inline-flex items-center gap-0.5")}
    >
      {children}
      <ArrowUpRight aria-hidden className="size-3.5" />
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}
