/** Whom one talks to, and the others that one could talk to. */
import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { Menu, MenuGroup, MenuItem } from "../../components/menu.tsx";
import { RunnableIcon } from "../../components/runnable-icon.tsx";
import { CHAT_ROUTES, KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import { useRunnables } from "../../lib/runnables.ts";

export interface AgentMenuProps {
  readonly instanceId: string;
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly name: string;
}

const ORDER: readonly RunnableKind[] = ["agents", "teams", "workflows"];

export function AgentMenu({ instanceId, kind, agentId, name }: AgentMenuProps) {
  const runnables = useRunnables();
  const navigate = useNavigate();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${KINDS[kind].title}: ${name}. Talk to another one`}
          className="flex h-8 max-w-full min-w-0 items-center gap-2 rounded-md px-2 text-sm font-semibold text-ink transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11"
        >
          <RunnableIcon kind={kind} className="size-4 shrink-0 text-ink-soft" />
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
        </button>
      }
    >
      {ORDER.filter((one) => runnables[one].length > 0).map((one) => (
        <MenuGroup key={one} label={KINDS[one].titles}>
          {runnables[one].map((each) => (
            <MenuItem
              key={each.id}
              icon={<RunnableIcon kind={one} />}
              trailing={
                one === kind && each.id === agentId ? (
                  <Check aria-label="shown" className="size-4 text-accent-ink" />
                ) : undefined
              }
              onSelect={() =>
                void navigate({ to: CHAT_ROUTES[one], params: { instanceId, agentId: each.id } })
              }
            >
              {each.name}
            </MenuItem>
          ))}
        </MenuGroup>
      ))}
    </Menu>
  );
}
