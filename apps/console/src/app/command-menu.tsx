/** What ⌘K finds: pages, agents, teams, workflows, sessions, instances, people, ids of refusals, and what can be done anywhere. */
import { useNavigate } from "@tanstack/react-router";
import {
  Ban,
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
import { RunnableIcon } from "../components/runnable-icon.tsx";
import { useToast } from "../components/toast.tsx";
import { useCurrentInstance } from "../lib/current-instance.ts";
import { describeFailedSignOut } from "../lib/describe-fault.ts";
import { useConnectedInstances } from "../lib/instances.ts";
import { shortenAddress } from "../lib/lookalikes.ts";
import { useMembers } from "../lib/people.ts";
import { CHAT_ROUTES, KINDS, RUNNABLE_KINDS, SESSION_ROUTES } from "../lib/runnable-kinds.ts";
import { useServices } from "../lib/services.ts";
import { useMembership } from "../lib/session.ts";
import { nameOfSession } from "../lib/sessions.ts";
import { useSignOut } from "../lib/sign-out.ts";
import { chooseTheme } from "../lib/theme.ts";
import { clip } from "../lib/words.ts";
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
    ...usePeople(isOpen),
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

/** What the instance at hand has, and its sessions: its words. */
function useThings(isOpen: boolean): readonly Command[] {
  const navigate = useNavigate();
  const current = useCurrentInstance();
  const { runnables, sessions } = useFoundThings(current, isOpen);
  if (current === undefined) return [];
  const instanceId = current.id;
  return [
    ...RUNNABLE_KINDS.flatMap((kind) =>
      runnables[kind].map(({ id, name }) => ({
        id: `${kind} ${instanceId} ${id}`,
        label: name,
        group: KINDS[kind].titles,
        icon: <RunnableIcon kind={kind} />,
        hint: clip(id, 60),
        isHintCode: true,
        run: () => void navigate({ to: CHAT_ROUTES[kind], params: { instanceId, agentId: id } }),
      })),
    ),
    ...sessions.map(({ kind, agentId, session }) => ({
      id: `session ${instanceId} ${session.session_id}`,
      label: nameOfSession(session),
      group: "Sessions",
      icon: <MessageSquare aria-hidden />,
      hint: clip(session.session_id, 60),
      isHintCode: true,
      isSearchedOnly: true,
      run: () =>
        void navigate({
          to: SESSION_ROUTES[kind],
          params: { instanceId, agentId, sessionId: session.session_id },
        }),
    })),
  ];
}

function useInstanceCommands(): readonly Command[] {
  const navigate = useNavigate();
  return useConnectedInstances().map((instance) => ({
    id: `instance ${instance.id}`,
    label: `Switch to ${clip(instance.name, 80)}`,
    group: "Instances",
    icon: <Server aria-hidden />,
    // Two names may look alike; which of them is meant is said by the address.
    hint: shortenAddress(instance),
    isHintCode: true,
    words: `${instance.id} ${instance.endpoint ?? ""}`,
    run: () => void navigate({ to: "/i/$instanceId", params: { instanceId: instance.id } }),
  }));
}

function usePeople(isOpen: boolean): readonly Command[] {
  const navigate = useNavigate();
  const { data } = useMembers(isOpen);
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
  return refusedCalls.list().map(({ denialId, call: { instanceId } }) => ({
    id: `refusal ${instanceId} ${denialId}`,
    label: denialId,
    group: "Refusals of this tab",
    icon: <ShieldAlert aria-hidden />,
    run: () =>
      void navigate({
        to: "/r/$denialId",
        params: { denialId },
        search: { instance: instanceId },
      }),
  }));
}
