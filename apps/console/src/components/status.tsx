/** A state as a dot and a word: never a colour alone. */
import { cx } from "../lib/cx.ts";
import type { Tone } from "./badge.tsx";

const DOTS: Readonly<Record<Tone, string>> = {
  neutral: "bg-transparent border-[1.5px] border-control",
  accent: "bg-accent",
  ok: "bg-ok",
  warn: "bg-warn",
  danger: "bg-danger",
};

export interface StatusProps {
  readonly tone: Tone;
  readonly word: string;
  /** Something is under way. */
  readonly isBusy?: boolean;
  /** The word is said, not shown: only where there is no room, and the page says it elsewhere. */
  readonly isWordHidden?: boolean;
}

export function Status({ tone, word, isBusy = false, isWordHidden = false }: StatusProps) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 text-sm text-ink-soft">
      <span aria-hidden className={cx("size-2 shrink-0 rounded-full", DOTS[tone], isBusy && "pulsing")} />
      <span className={isWordHidden ? "sr-only" : "truncate"}>{word}</span>
    </span>
  );
}
