/** Detail beside a list, which stays where it is. On a phone it covers the page. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useServices } from "../lib/services.ts";
import { useSignInNeed } from "../lib/session-watch.ts";
import { IconButton } from "./icon-button.tsx";

export interface SidePanelProps {
  readonly title: ReactNode;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function SidePanel({ title, isOpen, onOpenChange, children, actions }: SidePanelProps) {
  // Then a dialog asks to sign in: this steps aside, and comes back as it was.
  const isAskedToSignIn = useSignInNeed(useServices().sessionWatch) !== "none";
  return (
    <Base.Root open={isOpen && !isAskedToSignIn} onOpenChange={onOpenChange}>
      <Base.Portal keepMounted={isOpen}>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="fixed inset-y-0 right-0 z-40 flex w-full max-w-lg flex-col border-l border-line-strong bg-canvas shadow-float outline-none transition-transform duration-150 data-ending-style:translate-x-full data-starting-style:translate-x-full">
          <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
            <Base.Title className="min-w-0 flex-1 truncate text-base font-semibold text-ink">
              {title}
            </Base.Title>
            <Base.Close render={<IconButton label="Close" icon={<X aria-hidden />} hasTooltip={false} />} />
          </header>
          <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto p-4">{children}</div>
          {actions === undefined ? null : (
            <footer className="flex justify-end gap-2 border-t border-line p-3">{actions}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
