/** Steps in their order, each with how it ended: the checks of a request, the stations of a key. */
import { Check, CircleHelp, Minus, X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export type StepState = "passed" | "failed" | "skipped" | "unknown";

export interface TimelineStep {
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  readonly detail?: ReactNode;
}

const STATES: Readonly<Record<StepState, { icon: typeof Check; word: string; look: string }>> = {
  passed: { icon: Check, word: "passed", look: "border-transparent bg-ok-soft text-ok-ink" },
  failed: { icon: X, word: "failed", look: "border-transparent bg-danger-soft text-danger-ink" },
  skipped: { icon: Minus, word: "not reached", look: "border-line-strong bg-canvas text-ink-faint" },
  unknown: { icon: CircleHelp, word: "unknown", look: "border-line-strong bg-canvas text-ink-soft" },
};

export interface TimelineProps {
  readonly label: string;
  readonly steps: readonly TimelineStep[];
  /** Beside what matters more. */
  readonly isDense?: boolean;
}

export function Timeline({ label, steps, isDense = false }: TimelineProps) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {steps.map(({ id, title, state, detail }) => {
        const { icon: Icon, word, look } = STATES[state];
        return (
          <li key={id} className="group flex gap-3">
            <span aria-hidden className="flex flex-col items-center">
              <span
                className={cx("flex size-5 shrink-0 items-center justify-center rounded-full border", look)}
              >
                <Icon className="size-3" strokeWidth={2.5} />
              </span>
              <span className="w-px flex-1 bg-line-strong group-last:hidden" />
            </span>
            <div
              className={cx(
                "flex min-w-0 flex-1 flex-col gap-1 group-last:pb-0",
                isDense ? "pb-1.5" : "pb-4",
              )}
            >
              <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
                <span className={cx("font-medium", state === "skipped" ? "text-ink-soft" : "text-ink")}>
                  {title}
                </span>
                <span className={cx("text-xs", state === "failed" ? "text-danger-ink" : "text-ink-soft")}>
                  {word}
                </span>
              </p>
              {detail === undefined ? null : (
                <div className="text-sm text-ink-soft wrap-anywhere">{detail}</div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
