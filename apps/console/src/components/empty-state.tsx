/** What a place is for while nothing is in it, and the one thing that fills it. */
import type { ReactNode } from "react";

export interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  /** What will stand here, and what it is good for. */
  readonly children: ReactNode;
  /** The one button or command. */
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <section className="flex flex-col items-start gap-4 rounded-lg border border-dashed border-line-strong p-6 sm:p-8">
      <span
        aria-hidden
        className="flex size-9 items-center justify-center rounded-md border border-line bg-raised text-ink-soft [&_svg]:size-4.5"
      >
        {icon}
      </span>
      <div className="flex max-w-prose flex-col gap-1">
        <h2 className="text-base font-semibold text-ink">{title}</h2>
        <div className="text-sm text-ink-soft">{children}</div>
      </div>
      {action}
    </section>
  );
}
