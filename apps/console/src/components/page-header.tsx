/** Top of a page: what it is, in one line what it is for, and its one primary action. */
import type { ReactNode } from "react";

export interface PageHeaderProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Badges and states beside the title. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, facts, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 max-w-prose flex-col gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight text-ink wrap-anywhere">{title}</h1>
          {facts}
        </div>
        {description === undefined ? null : (
          <p className="text-sm text-pretty text-ink-soft">{description}</p>
        )}
      </div>
      {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  description,
  actions,
  children,
}: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="flex min-w-0 max-w-prose flex-col">
          <h2 className="text-base font-semibold text-ink">{title}</h2>
          {description === undefined ? null : (
            <p className="text-sm text-pretty text-ink-soft">{description}</p>
          )}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
