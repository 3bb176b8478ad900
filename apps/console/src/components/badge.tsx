/** A short fact about a thing: a kind, a version, a count. For a state there is `Status`. */
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger";

const TONES: Readonly<Record<Tone, string>> = {
  neutral: "border-line bg-sunken text-ink-soft",
  accent: "border-transparent bg-accent-soft text-accent-ink",
  ok: "border-transparent bg-ok-soft text-ok-ink",
  warn: "border-transparent bg-warn-soft text-warn-ink",
  danger: "border-transparent bg-danger-soft text-danger-ink",
};

export interface BadgeProps {
  readonly tone?: Tone;
  /** Scopes, codes, ids. */
  readonly isCode?: boolean;
  readonly children: ReactNode;
}

export function Badge({ tone = "neutral", isCode = false, children }: BadgeProps) {
  return (
    <span
      className={cx(
        "inline-flex h-5 max-w-full items-center gap-1 truncate rounded-sm border px-1.5 text-xs font-medium",
        isCode && "font-mono",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
