/** Top of a page: what it is, in one line what it is for, and its one primary action. */
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface PageHeaderProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Badges and states beside the title. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, facts, actions }: PageHeaderProps) {
  return (
    <header className="flex min-w-0 flex-col gap-1">
      {/* On a phone too the action stands beside the title, where both have room. */}
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="flex min-w-0 max-w-prose flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight text-ink wrap-anywhere">{title}</h1>
          {facts}
        </div>
        {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {description === undefined ? null : (
        <p className="max-w-prose text-sm text-pretty text-ink-soft">{description}</p>
      )}
    </header>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  description,
  actions,
  level = 2,
  isGroup = false,
  children,
}: {
  readonly title: string;
  /** 3 for a part of a part. */
  readonly level?: 2 | 3;
  /** Has parts of its own. */
  readonly isGroup?: boolean;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="flex min-w-0 max-w-prose flex-col">
          <Heading
            className={cx(
              "font-semibold text-ink",
              isGroup ? "text-lg tracking-tight" : level === 2 ? "text-base" : "text-sm",
            )}
          >
            {title}
          </Heading>
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
