/** What ⌘K finds: pages, agents, sessions, instances, people, ids of refusals, and what can be done anywhere. */
import { useNavigate } from "@tanstack/react-router";
import {
  Ban,
  Bot,
  LogOut,
  MessageSquare,
  Monitor,
  Moon,
  Plug,
  Server,
  ShieldAlert,
  Sun,
  User,
  UserPlus,
} from "lucide-react";
import { ACTIONS, type Command, CommandPalette } from "../components/command-palette.tsx";
import { useToast } from "../components/toast.tsx";
import { describeFailedSignOut } from "../lib/describe-fault.ts";
import { describeInstanceState } from "../lib/instance-state.ts";
import { useInstances } from "../lib/instances.ts";
import { useMembers } from "../lib/people.ts";
import type { RefusedCall } from "../lib/refused-call.ts";
import { useServices } from "../lib/services.ts";
import { useMembership } from "../lib/session.ts";
import { useSignOut } from "../lib/sign-out.ts";
import { chooseTheme } from "../lib/theme.ts";
import { clip } from "../lib/words.ts";
import { useCurrentInstance } from "./current-instance.ts";
import { useFoundThings } from "./found-things.ts";
import { INSTANCE_PAGES, ORGANIZATION_PAGES } from "./navigation.ts";

export interface CommandMenuProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

const DENIAL_ID = /^den_[\w-]{1,100}$/;

export function CommandMenu(props: CommandMenuProps) {
  const navigate = useNavigate();
  const commands = useCommands(props.isOpen);
  return (
    <CommandPalette
      {...props}
      commands={commands}
      commandsFor={(search) =>
        DENIAL_ID.test(search)
          ? [
              {
                id: `refusal ${search}`,
                label: `Refusal ${clip(search, 60)}`,
                group: "Go to",
                icon: <ShieldAlert aria-hidden />,
                hint: "by its denial id",
                run: () => void navigate({ to: "/r/$denialId", params: { denialId: search } }),
              },
            ]
          : []
      }
    />
  );
}

function useCommands(isOpen: boolean): readonly Command[] {
  return [
    ...usePages(),
    ...useThings(isOpen),
    ...useInstanceCommands(),
    ...usePeople(),
    ...useRefusals(),
    ...useActions(),
  ];
}

function usePages(): readonly Command[] {
  const navigate = useNavigate();
  const current = useCurrentInstance();
  return [
    ...(current === undefined
      ? []
      : INSTANCE_PAGES.map(({ title, icon: Icon, to }) => ({
          id: to,
          label: title,
          group: clip(current.name, 60),
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
    {
      id: "roles",
      label: "Roles and their scopes",
      group: "Organization",
      icon: <User aria-hidden />,
      isSearchedOnly: true,
      run: () => void navigate({ to: "/members", search: { tab: "roles" } }),
    },
    {
      id: "revocations",
      label: "Revocations",
      group: "Organization",
      icon: <Ban aria-hidden />,
      isSearchedOnly: true,
      run: () => void navigate({ to: "/audit", search: { tab: "revocations" } }),
    },
  ];
}

/** Agents and sessions of the instance at hand: its words. */
function useThings(isOpen: boolean): readonly Command[] {
  const navigate = useNavigate();
  const current = useCurrentInstance();
  const { agents, sessions } = useFoundThings(current, isOpen);
  if (current === undefined) return [];
  const instanceId = current.id;
  return [
    ...agents.map(({ id, name }) => ({
      id: `agent ${instanceId} ${id}`,
      label: name,
      group: "Agents",
      icon: <Bot aria-hidden />,
      hint: clip(id, 60),
      isHintCode: true,
      run: () => void navigate({ to: "/i/$instanceId/agents/$agentId", params: { instanceId, agentId: id } }),
    })),
    ...sessions.map(({ id, name, agentId }) => ({
      id: `session ${instanceId} ${id}`,
      label: name,
      group: "Sessions",
      icon: <MessageSquare aria-hidden />,
      hint: clip(id, 60),
      isHintCode: true,
      isSearchedOnly: true,
      run: () =>
        void navigate({
          to: "/i/$instanceId/agents/$agentId/sessions/$sessionId",
          params: { instanceId, agentId, sessionId: id },
        }),
    })),
  ];
}

function useInstanceCommands(): readonly Command[] {
  const navigate = useNavigate();
  const { data } = useInstances();
  return (data?.data ?? [])
    .filter(({ is_draft }) => !is_draft)
    .map((instance) => ({
      id: `instance ${instance.id}`,
      label: `Switch to ${clip(instance.name, 80)}`,
      group: "Instances",
      icon: <Server aria-hidden />,
      hint: describeInstanceState(instance).word,
      words: `${instance.id} ${instance.endpoint ?? ""}`,
      run: () => void navigate({ to: "/i/$instanceId", params: { instanceId: instance.id } }),
    }));
}

function usePeople(): readonly Command[] {
  const navigate = useNavigate();
  const { data } = useMembers();
  return (data?.data ?? []).map(({ person_id: id, name, email, role }) => ({
    id: `person ${id}`,
    label: name,
    group: "People",
    icon: <User aria-hidden />,
    hint: email,
    words: `${role} ${id}`,
    isSearchedOnly: true,
    run: () => void navigate({ to: "/members", search: { member: id } }),
  }));
}

function useActions(): readonly Command[] {
  const navigate = useNavigate();
  const { scopes } = useMembership();
  const showToast = useToast();
  const signOut = useSignOut((error) => showToast(describeFailedSignOut(error)));
  const action = (
    id: string,
    label: string,
    icon: Command["icon"],
    run: () => void,
    words = "",
  ): Command => ({
    id,
    label,
    group: ACTIONS,
    icon,
    words,
    run,
  });
  return [
    ...(scopes.includes("os:connect")
      ? [
          action(
            "connect",
            "Connect an instance",
            <Plug aria-hidden />,
            () => void navigate({ to: "/connect" }),
            "add new",
          ),
        ]
      : []),
    ...(scopes.includes("org:members:write")
      ? [
          action(
            "add-member",
            "Add a member",
            <UserPlus aria-hidden />,
            () => void navigate({ to: "/members", search: { add: true } }),
            "invite new person",
          ),
        ]
      : []),
    action("light", "Light theme", <Sun aria-hidden />, () => chooseTheme("light"), "look"),
    action("dark", "Dark theme", <Moon aria-hidden />, () => chooseTheme("dark"), "look"),
    action("system", "Theme as the system", <Monitor aria-hidden />, () => chooseTheme("system"), "look"),
    action("sign-out", "Sign out", <LogOut aria-hidden />, () => signOut.mutate(), "log out leave"),
  ];
}

/** Refusals that this tab has met. */
function useRefusals(): readonly Command[] {
  const navigate = useNavigate();
  const { refusedCalls } = useServices();
  return refusedCalls.listIds().map((denialId) => ({
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
}

function instanceOf(call: RefusedCall | undefined): { readonly instance?: string } {
  return call === undefined ? {} : { instance: call.instanceId };
}
