/** The bar at the left as data, and so the first part of ⌘K. */
import {
  History,
  House,
  KeyRound,
  type LucideIcon,
  MessagesSquare,
  ScrollText,
  Server,
  Settings,
  ShieldAlert,
  Users,
} from "lucide-react";

export interface NavigationEntry {
  readonly title: string;
  readonly icon: LucideIcon;
  readonly to: "/instances" | "/members" | "/audit" | "/settings";
  /** Who lacks one of them finds the page, and in it why it is closed. */
  readonly scopes: readonly string[];
}

export interface InstanceEntry {
  readonly title: string;
  readonly icon: LucideIcon;
  readonly to:
    | "/i/$instanceId"
    | "/i/$instanceId/chat"
    | "/i/$instanceId/sessions"
    | "/i/$instanceId/refusals"
    | "/i/$instanceId/instance";
}

export const INSTANCE_PAGES: readonly InstanceEntry[] = [
  { title: "Home", icon: House, to: "/i/$instanceId" },
  { title: "Chat", icon: MessagesSquare, to: "/i/$instanceId/chat" },
  { title: "Sessions", icon: History, to: "/i/$instanceId/sessions" },
  { title: "Refusals", icon: ShieldAlert, to: "/i/$instanceId/refusals" },
  { title: "Access & keys", icon: KeyRound, to: "/i/$instanceId/instance" },
];

export const ORGANIZATION_PAGES: readonly NavigationEntry[] = [
  { title: "Instances", icon: Server, to: "/instances", scopes: ["os:read"] },
  { title: "Members", icon: Users, to: "/members", scopes: ["org:members:read"] },
  { title: "Audit", icon: ScrollText, to: "/audit", scopes: ["authz:read"] },
  { title: "Settings", icon: Settings, to: "/settings", scopes: [] },
];
