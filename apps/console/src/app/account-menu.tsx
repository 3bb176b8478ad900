/** The person: theme, settings, signing out. */
import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import { Avatar } from "../components/avatar.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "../components/menu.tsx";
import { useToast } from "../components/toast.tsx";
import { cx } from "../lib/cx.ts";
import { describeFailedSignOut } from "../lib/describe-fault.ts";
import { useMembership, useSignedIn } from "../lib/session.ts";
import { useSignOut } from "../lib/sign-out.ts";
import { chooseTheme, THEMES, type Theme, useTheme } from "../lib/theme.ts";

const THEME_LOOKS: Readonly<Record<Theme, { readonly title: string; readonly icon: typeof Sun }>> = {
  system: { title: "System", icon: Monitor },
  light: { title: "Light", icon: Sun },
  dark: { title: "Dark", icon: Moon },
};

export function AccountMenu({ isFolded }: { readonly isFolded: boolean }) {
  const { person } = useSignedIn();
  const { role } = useMembership();
  const navigate = useNavigate();
  const theme = useTheme();
  const showToast = useToast();
  const signOut = useSignOut((error) => showToast(describeFailedSignOut(error)));
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className={cx(
            "flex min-h-10 w-full items-center gap-2.5 rounded-md px-1.5 text-left transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:min-h-12",
            isFolded && "justify-center px-0",
          )}
        >
          <Avatar name={person.name} />
          <span className="sr-only">Account</span>
          {isFolded ? null : (
            <>
              <span className="flex min-w-0 flex-1 flex-col">
                <span className="truncate text-sm font-medium text-ink">{person.name}</span>
                <span className="truncate text-xs text-ink-soft capitalize">{role}</span>
              </span>
              <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
            </>
          )}
        </button>
      }
    >
      <p className="truncate px-2 py-1.5 text-xs text-ink-soft">{person.email}</p>
      <MenuSeparator />
      <MenuGroup label="Theme">
        {THEMES.map((name) => {
          const { title, icon: Icon } = THEME_LOOKS[name];
          return (
            <MenuItem
              key={name}
              icon={<Icon aria-hidden />}
              onSelect={() => chooseTheme(name)}
              trailing={
                name === theme ? <Check aria-label="chosen" className="size-4 text-accent-ink" /> : undefined
              }
            >
              {title}
            </MenuItem>
          );
        })}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={<Settings aria-hidden />} onSelect={() => void navigate({ to: "/settings" })}>
        Settings
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => signOut.mutate()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
