/** Whom one talks to, and the others that one could talk to. */
import { useNavigate } from "@tanstack/react-router";
import { Bot, Check, ChevronsUpDown } from "lucide-react";
import { Menu, MenuGroup, MenuItem } from "../../components/menu.tsx";
import { useAgents } from "../../lib/instance-data.ts";
import { clip } from "../../lib/words.ts";

export function AgentMenu({
  instanceId,
  agentId,
  name,
}: {
  readonly instanceId: string;
  readonly agentId: string;
  readonly name: string;
}) {
  const agents = useAgents();
  const navigate = useNavigate();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Agent: ${name}. Switch agent`}
          className="flex h-8 max-w-full min-w-0 items-center gap-2 rounded-md px-2 text-sm font-semibold text-ink transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11"
        >
          <Bot aria-hidden className="size-4 shrink-0 text-ink-soft" />
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
        </button>
      }
    >
      <MenuGroup label="Agents of this instance">
        {(agents.data ?? []).slice(0, 200).map((agent) => (
          <MenuItem
            key={agent.id}
            icon={<Bot aria-hidden />}
            trailing={
              agent.id === agentId ? (
                <Check aria-label="shown" className="size-4 text-accent-ink" />
              ) : undefined
            }
            onSelect={() =>
              void navigate({
                to: "/i/$instanceId/agents/$agentId",
                params: { instanceId, agentId: agent.id },
              })
            }
          >
            {clip(agent.name, 60)}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}
