/** A part of a panel, under a line. */
import type { ReactNode } from "react";

export function PanelPart({
  title,
  description,
  children,
}: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex min-w-0 flex-col items-start gap-3 border-t border-line pt-5">
      <div className="flex flex-col gap-0.5">
        <h3 className="text-sm font-semibold text-ink">{title}</h3>
        {description === undefined ? null : <p className="text-xs text-ink-soft">{description}</p>}
      </div>
      {children}
    </section>
  );
}
