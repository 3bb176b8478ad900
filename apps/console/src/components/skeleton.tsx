/** The shape of what is on its way. Appears late, so that a fast answer shows none. */
import { cx } from "../lib/cx.ts";

const WIDTHS = ["w-3/5", "w-4/5", "w-2/5", "w-2/3"] as const;

export interface SkeletonProps {
  /** What is awaited, for who cannot see it. */
  readonly label: string;
  readonly lines?: number;
}

export function Skeleton({ label, lines = 3 }: SkeletonProps) {
  return (
    <output aria-label={label} className="arrives-late flex w-full flex-col gap-3 py-1">
      {Array.from({ length: lines }, (_, line) => (
        <span
          key={line}
          className={cx("pulsing block h-3.5 rounded-sm bg-hover", WIDTHS[line % WIDTHS.length])}
        />
      ))}
    </output>
  );
}
