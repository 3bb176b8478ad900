/** Above what a paused run asks: what it is about, and the way out. */
import { CircleStop, PauseCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../components/button.tsx";

export interface PauseHeadProps {
  readonly title: ReactNode;
  /** It was asked to stop while it waited: an instance may keep it all the same. */
  readonly isStoppedHere: boolean;
  readonly onStop: () => void;
  readonly children: ReactNode;
}

export function PauseHead({ title, isStoppedHere, onStop, children }: PauseHeadProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
      <div className="flex min-w-0 grow basis-60 items-start gap-2.5">
        <PauseCircle aria-hidden className="mt-0.75 size-4 shrink-0 text-warn-ink" />
        <div className="flex min-w-0 flex-col">
          <h3 className="text-base font-semibold wrap-anywhere text-ink">{title}</h3>
          <p className="text-sm text-ink-soft">
            {isStoppedHere
              ? "You asked to stop the run, and the instance still keeps it. You can answer it all the same, or send another message."
              : children}
          </p>
        </div>
      </div>
      <Button
        size="sm"
        variant="ghost"
        className="ml-4 sm:ml-0"
        icon={<CircleStop aria-hidden />}
        onClick={onStop}
      >
        Stop the run
      </Button>
    </header>
  );
}
