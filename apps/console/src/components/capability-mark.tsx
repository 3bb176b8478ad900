/** Whether a role gives what a row is about, in a cell of a table. */
import { Check, Minus } from "lucide-react";
import { type Capability, tellCapability } from "../lib/capabilities.ts";
import { cx } from "../lib/cx.ts";
import type { Role } from "../lib/people.ts";

export interface CapabilityMarkProps {
  readonly capability: Capability;
  readonly role: Parameters<typeof tellCapability>[1];
}

const SHORT_TITLES: Readonly<Partial<Record<string, string>>> = { administrator: "Admin" };

/** At the top of its column, where there is little room. */
export function shortenRole({ name, title }: Pick<Role, "name" | "title">): string {
  return SHORT_TITLES[name] ?? title;
}

export function CapabilityMark({ capability, role }: CapabilityMarkProps) {
  const answer = tellCapability(capability, role);
  if (answer === "some") return <span className="text-xs text-ink-soft">in part</span>;
  const Mark = answer === "yes" ? Check : Minus;
  return (
    <>
      <Mark
        aria-hidden
        className={cx("inline size-4", answer === "yes" ? "text-ok-ink" : "text-ink-faint")}
      />
      <span className="sr-only">{answer}</span>
    </>
  );
}
