/** The ways out of one cause as cards, each with its steps, and with a button for what is done here. */
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";
import type { Finding } from "../lib/explain-refusal.ts";
import type { Instance } from "../lib/instance-state.ts";
import type { ButtonAction } from "../lib/refusal-fixes.ts";
import { planWayOut, type WayOut, warnOfGuard } from "../lib/ways-out.ts";
import { asSentence } from "../lib/words.ts";
import { Badge } from "./badge.tsx";
import { MarkedText } from "./marked-text.tsx";

export interface WaysOutProps {
  readonly choices: readonly WayOut[];
  /** What speaks for the cause. */
  readonly evidence: Finding["evidence"];
  readonly instance: Instance;
  readonly renderFix: (action: ButtonAction, isPrimary: boolean) => ReactNode;
}

export function WaysOut({ choices, evidence, instance, renderFix }: WaysOutProps) {
  return (
    <ul
      aria-label="Ways out"
      className={cx("grid grid-cols-1 gap-3", choices.length > 1 && "sm:grid-cols-2")}
    >
      {choices.map((choice) => {
        const isPreferred = choice.is_preferred && choices.length > 1;
        const action = planWayOut(choice, instance);
        return (
          <li
            key={choice.id}
            className="flex min-w-0 flex-col gap-3 rounded-md border border-line-strong bg-canvas p-3"
          >
            <h4 className="flex flex-wrap items-center justify-between gap-2 text-sm font-medium text-ink">
              {choice.title}
              {isPreferred ? <Badge tone="accent">Preferred</Badge> : null}
            </h4>
            <ol className="flex flex-1 list-decimal flex-col gap-1 pl-4 text-xs text-ink-soft marker:text-ink-faint">
              {choice.steps.map((step) => (
                <li key={step} className="wrap-anywhere">
                  <MarkedText text={asSentence(step)} />
                </li>
              ))}
            </ol>
            {action === undefined ? null : action === "set" ? (
              <p className="text-xs text-ink-soft">
                The switches are set so. The rest is done on the instance.
              </p>
            ) : (
              <div className="flex flex-col gap-2">
                <GuardNote text={warnOfGuard(action, instance, evidence)} />
                {renderFix(action, isPreferred)}
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Before the button that takes a guard off. */
export function GuardNote({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <p className="text-xs text-ink-soft">{text}</p>;
}
