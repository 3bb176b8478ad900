/** A person as letters; no picture is fetched from anywhere. The name stands beside it. */
import { cx } from "../lib/cx.ts";
import { initialsOf } from "../lib/words.ts";

export function Avatar({ name, size = "md" }: { readonly name: string; readonly size?: "sm" | "md" }) {
  return (
    <span
      aria-hidden
      className={cx(
        "inline-flex shrink-0 select-none items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-ink",
        size === "sm" ? "size-5 text-[0.625rem]" : "size-7 text-[0.6875rem]",
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
