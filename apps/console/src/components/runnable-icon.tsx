/** An agent, a team or a workflow at a glance. */
import { Bot, Users, Workflow } from "lucide-react";
import type { RunnableKind } from "../lib/runnable-kinds.ts";

const ICONS = { agents: Bot, teams: Users, workflows: Workflow } as const;

export function RunnableIcon({
  kind,
  className,
}: {
  readonly kind: RunnableKind;
  readonly className?: string;
}) {
  const Icon = ICONS[kind];
  return <Icon aria-hidden className={className} />;
}
