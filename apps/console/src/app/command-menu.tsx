/** What ⌘K finds: pages, instances, themes. Features add sources of their own to `useCommands`. */
import { useNavigate } from "@tanstack/react-router";
import { Moon, Server, ShieldAlert, Sun } from "lucide-react";
import { type Command, CommandPalette } from "../components/command-palette.tsx";
import { describeInstanceState } from "../lib/instance-state.ts";
import { useInstances } from "../lib/instances.ts";
import type { RefusedCall } from "../lib/refused-call.ts";
import { useServices } from "../lib/services.ts";
import { chooseTheme } from "../lib/theme.ts";
import { useCurrentInstance } from "./current-instance.ts";
import { INSTANCE_PAGES, ORGANIZATION_PAGES } from "./navigation.ts";

export interface CommandMenuProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function CommandMenu(props: CommandMenuProps) {
  return <CommandPalette {...props} commands={useCommands()} />;
}

function useCommands(): readonly Command[] {
  const navigate = useNavigate();
  const current = useCurrentInstance();
  const { data } = useInstances();
  const { refusedCalls } = useServices();
  const pages = [
    ...(current === undefined
      ? []
      : INSTANCE_PAGES.map(({ title, icon: Icon, to }) => ({
          id: to,
          label: title,
          group: current.name,
          icon: <Icon aria-hidden />,
          run: () => void navigate({ to, params: { instanceId: current.id } }),
        }))),
    ...ORGANIZATION_PAGES.map(({ title, icon: Icon, to }) => ({
      id: to,
      label: title,
      group: "Organization",
      icon: <Icon aria-hidden />,
      run: () => void navigate({ to }),
    })),
  ];
  const instances = (data?.data ?? [])
    .filter(({ is_draft }) => !is_draft)
    .map((instance) => ({
      id: `instance ${instance.id}`,
      label: `Switch to ${instance.name}`,
      group: "Instances",
      icon: <Server aria-hidden />,
      hint: describeInstanceState(instance).word,
      run: () => void navigate({ to: "/i/$instanceId", params: { instanceId: instance.id } }),
    }));
  const themes: readonly Command[] = [
    {
      id: "light",
      label: "Light theme",
      group: "Look",
      icon: <Sun aria-hidden />,
      run: () => chooseTheme("light"),
    },
    {
      id: "dark",
      label: "Dark theme",
      group: "Look",
      icon: <Moon aria-hidden />,
      run: () => chooseTheme("dark"),
    },
  ];
  const refusals = refusedCalls.listIds().map((denialId) => ({
    id: `refusal ${denialId}`,
    label: denialId,
    group: "Refusals of this tab",
    icon: <ShieldAlert aria-hidden />,
    run: () =>
      void navigate({
        to: "/r/$denialId",
        params: { denialId },
        search: instanceOf(refusedCalls.find(denialId)),
      }),
  }));
  return [...pages, ...instances, ...refusals, ...themes];
}

function instanceOf(call: RefusedCall | undefined): { readonly instance?: string } {
  return call === undefined ? {} : { instance: call.instanceId };
}
