/** The frame of the pages that stand before the shell. */
import type { ReactNode } from "react";
import { Mark } from "../../components/mark.tsx";

export interface FrontDoorProps {
  /** Left out while it is not known yet what stands here. */
  readonly title?: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
}

export function FrontDoor({ title, description, children, footer }: FrontDoorProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-[12vh]">
      <div className="flex w-full max-w-90 flex-col gap-6">
        <Mark />
        {title === undefined ? null : (
          <div className="flex flex-col gap-1">
            <h1 className="text-xl font-semibold tracking-tight text-ink">{title}</h1>
            {description === undefined ? null : <div className="text-sm text-ink-soft">{description}</div>}
          </div>
        )}
        {children}
        {footer === undefined ? null : (
          <div className="border-t border-line pt-4 text-xs text-ink-soft">{footer}</div>
        )}
      </div>
    </main>
  );
}
