/** Something that a person should know here and now; not a fault. */
import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";

export interface NoticeProps {
  readonly tone?: "accent" | "warn" | "ok";
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

const LOOKS = {
  accent: { icon: Info, look: "bg-raised", ink: "text-accent-ink" },
  warn: { icon: TriangleAlert, look: "bg-warn-soft", ink: "text-warn-ink" },
  ok: { icon: CircleCheck, look: "bg-ok-soft", ink: "text-ok-ink" },
} as const;

export function Notice({ tone = "accent", title, children, action }: NoticeProps) {
  const { icon: Icon, look, ink } = LOOKS[tone];
  return (
    <div className={cx("flex gap-2.5 rounded-lg border border-line p-3.5", look)}>
      <Icon aria-hidden className={cx("size-5 shrink-0", ink)} />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5 text-sm">
        <p className="font-medium text-ink">{title}</p>
        {children === undefined ? null : <div className="text-ink-soft">{children}</div>}
        {action === undefined ? null : <div className="mt-2 flex gap-2">{action}</div>}
      </div>
    </div>
  );
}
