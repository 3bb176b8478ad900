/** Which instance one works with, and how it is. Switching keeps the page. */
import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown, Plus, Server } from "lucide-react";
import { InstanceStatus } from "../components/instance-status.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "../components/menu.tsx";
import { cx } from "../lib/cx.ts";
import type { Instance } from "../lib/instance-state.ts";
import { useConnectedInstances } from "../lib/instances.ts";
import { findLookalikes, shortenAddress } from "../lib/lookalikes.ts";

export interface InstanceSwitcherProps {
  readonly isFolded: boolean;
  readonly current: Instance | undefined;
  readonly onNavigate: () => void;
}

export function InstanceSwitcher({ isFolded, current, onNavigate }: InstanceSwitcherProps) {
  const connected = useConnectedInstances();
  const navigate = useNavigate();
  function open(instanceId: string) {
    onNavigate();
    void navigate({ to: "/i/$instanceId", params: { instanceId } });
  }
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cx(
            "flex min-h-10 w-full items-center gap-2.5 rounded-md border border-line bg-raised px-2 py-1 text-left transition-colors hover:border-line-strong data-popup-open:border-line-strong pointer-coarse:min-h-12",
            isFolded && "justify-center px-0",
          )}
        >
          <span className="sr-only">Switch instance</span>
          {isFolded ? <FoldedInstance instance={current} /> : <CurrentInstance instance={current} />}
        </button>
      }
    >
      {connected.length === 0 ? null : (
        <MenuGroup label="Instances">
          {connected.map((instance) => (
            <MenuItem
              key={instance.id}
              onSelect={() => open(instance.id)}
              icon={<InstanceStatus instance={instance} isWordHidden />}
              trailing={
                instance.id === current?.id ? (
                  <Check aria-label="shown" className="size-4 text-accent-ink" />
                ) : undefined
              }
            >
              <span className="block truncate">{instance.name}</span>
              {/* Names are chosen by whoever connects: two may look alike. */}
              <span className="block truncate font-mono text-xs text-ink-soft">
                {shortenAddress(instance)}
              </span>
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      {connected.length === 0 ? null : <MenuSeparator />}
      <MenuItem
        icon={connected.length === 0 ? <Plus aria-hidden /> : <Server aria-hidden />}
        onSelect={() => {
          onNavigate();
          void navigate({ to: connected.length === 0 ? "/connect" : "/instances" });
        }}
      >
        {connected.length === 0 ? "Connect an instance" : "All instances"}
      </MenuItem>
    </Menu>
  );
}

function CurrentInstance({ instance }: { readonly instance: Instance | undefined }) {
  const connected = useConnectedInstances();
  const hasLookalike = instance !== undefined && findLookalikes(instance, connected).length > 0;
  return (
    <>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate text-sm font-medium text-ink">{instance?.name ?? "No instance"}</span>
        <span className="text-xs leading-4 [&>span]:text-xs">
          {instance === undefined ? (
            <span className="text-ink-soft">Connect one</span>
          ) : (
            <InstanceStatus instance={instance} />
          )}
        </span>
        {instance === undefined || !hasLookalike ? null : (
          <span className="truncate font-mono text-xs leading-4 text-ink-soft">
            {shortenAddress(instance)}
          </span>
        )}
      </span>
      <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
    </>
  );
}

function FoldedInstance({ instance }: { readonly instance: Instance | undefined }) {
  return (
    <span className="relative">
      <Server aria-hidden className="size-4 text-ink-soft" />
      {instance === undefined ? null : (
        <span className="absolute -right-1.5 -bottom-1.5 flex rounded-full bg-raised p-0.5">
          <InstanceStatus instance={instance} isWordHidden />
        </span>
      )}
    </span>
  );
}
