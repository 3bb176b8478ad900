/** A fault: cause first, then what to do, then the ids. The words are those of `describeFault`. */
import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { describeFault } from "../lib/describe-fault.ts";
import { Button } from "./button.tsx";
import { CopyableId } from "./copyable-id.tsx";
import { MarkedText } from "./marked-text.tsx";

export interface ErrorStateProps {
  readonly error: unknown;
  /** What was tried, such as "The members could not be loaded". */
  readonly title?: string;
  readonly onRetry?: () => void;
  readonly isRetrying?: boolean;
  /** Further ways out. */
  readonly action?: ReactNode;
  /** Within a form or a panel: without a frame of its own. */
  readonly isCompact?: boolean;
}

export function ErrorState({
  error,
  title,
  onRetry,
  isRetrying = false,
  action,
  isCompact = false,
}: ErrorStateProps) {
  const { cause, fix, code, denialId, canRetry, isQuoted } = describeFault(error);
  // In a form the person sees what they did: the code would only be noise.
  const shownCode = isCompact && denialId === undefined ? undefined : code;
  const canAsk = onRetry !== undefined && canRetry;
  const causeText = isQuoted ? <>The server says: “{cause}”</> : cause;
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-line-strong bg-raised p-3.5">
      <CircleAlert aria-hidden className="size-5 shrink-0 text-danger-ink" />
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <div className="flex min-w-0 flex-col gap-1 text-sm wrap-anywhere">
          {title === undefined ? null : <p className="text-xs text-ink-soft">{title}</p>}
          <p className="font-medium text-ink">{causeText}</p>
          {fix === undefined ? null : (
            <p className="text-ink-soft">
              {isQuoted ? <>And what to do, as it says: “{fix}”</> : <MarkedText text={fix} />}
            </p>
          )}
        </div>
        {shownCode === undefined && denialId === undefined ? null : (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            {shownCode === undefined ? null : <CopyableId id={shownCode} label="Code" />}
            {denialId === undefined ? null : <CopyableId id={denialId} label="Denial id" />}
          </div>
        )}
        {canAsk || action !== undefined ? (
          <div className="flex flex-wrap gap-2">
            {canAsk ? (
              <Button size="sm" onClick={onRetry} isBusy={isRetrying} icon={<RotateCw aria-hidden />}>
                Try again
              </Button>
            ) : null}
            {action}
          </div>
        ) : null}
      </div>
    </div>
  );
}
