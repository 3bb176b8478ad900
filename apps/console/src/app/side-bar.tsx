/** The bar at the left: the instance, its pages, those of the organization, and the account. On a phone it slides in. */
import { Dialog } from "@base-ui/react/dialog";
import { Link, type LinkProps, useMatches } from "@tanstack/react-router";
import { type LucideIcon, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Mark } from "../components/mark.tsx";
import { Tooltip } from "../components/tooltip.tsx";
import { useCurrentInstance } from "../lib/current-instance.ts";
import { cx } from "../lib/cx.ts";
import { AccountMenu } from "./account-menu.tsx";
import { InstanceSwitcher } from "./instance-switcher.tsx";
import { INSTANCE_PAGES, ORGANIZATION_PAGES } from "./navigation.ts";

export interface SideBarProps {
  readonly isFolded: boolean;
  /** Where there is little room it lies above the page. */
  readonly isDrawer: boolean;
  readonly isDrawerOpen: boolean;
  readonly onDrawerOpenChange: (isOpen: boolean) => void;
  readonly onSearch: () => void;
}

export function SideBar({ isFolded, isDrawer, isDrawerOpen, onDrawerOpenChange, onSearch }: SideBarProps) {
  if (!isDrawer)
    return (
      <div className="sticky top-0 hidden h-dvh border-r border-line bg-sunken md:block">
        <BarContent isFolded={isFolded} onSearch={onSearch} onNavigate={() => undefined} />
      </div>
    );
  const close = () => onDrawerOpenChange(false);
  return (
    <Dialog.Root open={isDrawerOpen} onOpenChange={onDrawerOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          aria-label="Navigation"
          className="fixed inset-y-0 left-0 z-30 w-72 max-w-[85vw] border-r border-line-strong bg-sunken outline-none transition-transform duration-150 data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
        >
          <BarContent
            isFolded={false}
            onSearch={() => {
              close();
              onSearch();
            }}
            onNavigate={close}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface BarContentProps {
  readonly isFolded: boolean;
  readonly onSearch: () => void;
  readonly onNavigate: () => void;
}

function BarContent({ isFolded, onSearch, onNavigate }: BarContentProps) {
  const instance = useCurrentInstance();
  const isConnecting = useMatches({
    select: (matches) => matches.some(({ staticData }) => staticData.isOfInstances === true),
  });
  const isChat = useMatches({
    select: (matches) => matches.some(({ staticData }) => staticData.runnable !== undefined),
  });
  return (
    <nav aria-label="Main" className="flex h-full flex-col gap-4 overflow-y-auto p-2.5">
      <div className={cx("flex h-7 items-center px-1.5", isFolded && "justify-center px-0")}>
        <Mark isNameHidden={isFolded} />
      </div>
      <div className="flex flex-col gap-1.5">
        <InstanceSwitcher isFolded={isFolded} current={instance} onNavigate={onNavigate} />
        <SearchButton isFolded={isFolded} onSearch={onSearch} />
      </div>
      <div className="flex flex-1 flex-col gap-5">
        {instance === undefined ? null : (
          <BarGroup label="Instance" isFolded={isFolded}>
            {INSTANCE_PAGES.map(({ title, icon, to }) => (
              <BarLink
                key={to}
                title={title}
                icon={icon}
                isFolded={isFolded}
                to={to}
                params={{ instanceId: instance.id }}
                activeOptions={{ exact: to === "/i/$instanceId" }}
                isWithin={isChat && to === "/i/$instanceId/chat"}
                onClick={onNavigate}
              />
            ))}
          </BarGroup>
        )}
        <BarGroup label="Organization" isFolded={isFolded}>
          {ORGANIZATION_PAGES.map(({ title, icon, to }) => (
            <BarLink
              key={to}
              title={title}
              icon={icon}
              isFolded={isFolded}
              to={to}
              onClick={onNavigate}
              isWithin={to === "/instances" && isConnecting}
            />
          ))}
        </BarGroup>
      </div>
      <AccountMenu isFolded={isFolded} />
    </nav>
  );
}

function SearchButton({ isFolded, onSearch }: { readonly isFolded: boolean; readonly onSearch: () => void }) {
  const button = (
    <button
      type="button"
      onClick={onSearch}
      className={cx(
        "flex h-8 items-center gap-2 rounded-md border border-line bg-raised px-2 text-ink-faint transition-colors hover:border-line-strong hover:text-ink-soft pointer-coarse:h-11",
        isFolded && "justify-center px-0",
      )}
    >
      <Search aria-hidden className="size-4 shrink-0" />
      {isFolded ? (
        <span className="sr-only">Search</span>
      ) : (
        <>
          <span className="flex-1 text-left">Search</span>
          <kbd
            aria-hidden
            className="rounded-sm border border-line px-1 font-sans text-xs pointer-coarse:hidden"
          >
            {shortcut()}
          </kbd>
        </>
      )}
    </button>
  );
  return isFolded ? (
    <Tooltip content={`Search (${shortcut()})`} side="right">
      {button}
    </Tooltip>
  ) : (
    button
  );
}

function shortcut(): string {
  return /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘K" : "Ctrl K";
}

function BarGroup({
  label,
  isFolded,
  children,
}: {
  readonly label: string;
  readonly isFolded: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-0.5">
      <h2 className={cx("px-2 pb-1 text-xs font-medium text-ink-faint", isFolded ? "sr-only" : "truncate")}>
        {label}
      </h2>
      {children}
    </div>
  );
}

interface BarLinkProps extends LinkProps {
  readonly title: string;
  readonly icon: LucideIcon;
  readonly isFolded: boolean;
  /** The page shown belongs to it, though its address is another one. */
  readonly isWithin?: boolean;
  readonly onClick: () => void;
}

function BarLink({ title, icon: Icon, isFolded, isWithin = false, ...link }: BarLinkProps) {
  const anchor = (
    <Link
      {...link}
      {...(isWithin ? { "data-status": "active", "aria-current": "true" } : {})}
      className={cx(
        "group flex h-7.5 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-ink-soft transition-colors hover:bg-hover hover:text-ink pointer-coarse:h-11",
        "data-[status=active]:bg-pressed data-[status=active]:text-ink",
        isFolded && "justify-center px-0",
      )}
    >
      <Icon aria-hidden className={cx("size-4 shrink-0 group-data-[status=active]:text-accent-ink")} />
      <span className={isFolded ? "sr-only" : "truncate"}>{title}</span>
    </Link>
  );
  return isFolded ? (
    <Tooltip content={title} side="right">
      {anchor}
    </Tooltip>
  ) : (
    anchor
  );
}
