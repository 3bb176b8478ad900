/** The sign and the name of the product. */
import { cx } from "../lib/cx.ts";

export function Mark({ isNameHidden = false }: { readonly isNameHidden?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 text-ink">
      <svg viewBox="0 0 32 32" aria-hidden className="size-6 shrink-0">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M9 22 16 9l7 13M12.2 17.6h7.6"
          className="fill-none stroke-on-accent"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={cx("text-base font-semibold tracking-tight", isNameHidden && "sr-only")}>AgentOS</span>
    </span>
  );
}
