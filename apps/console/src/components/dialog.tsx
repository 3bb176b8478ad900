/** A question that has to be answered first, or something small that is made. Never one on another: what is long is a page. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactElement, type ReactNode, useRef } from "react";
import { cx } from "../lib/cx.ts";
import { useServices } from "../lib/services.ts";
import { useSignInNeed } from "../lib/session-watch.ts";
import { IconButton } from "./icon-button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly children?: ReactNode;
  /** Buttons: what is done last, beside the way out. */
  readonly actions?: ReactNode;
  /** Cannot be left but by an answer. */
  readonly isBlocking?: boolean;
  /** For what has two sides, or lines to copy. */
  readonly isWide?: boolean;
  /** The title only names the kind of it: what it is about stands below, larger. It shows this sign. */
  readonly kindIcon?: ReactNode;
  /** Every other one steps aside for it, and comes back as it was. */
  readonly isAboveAll?: boolean;
}

export function Dialog({
  title,
  description,
  isOpen,
  onOpenChange,
  children,
  actions,
  isBlocking = false,
  isWide = false,
  kindIcon,
  isAboveAll = false,
}: DialogProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const footer = useRef<HTMLElement>(null);
  // Then another dialog asks to sign in.
  const isAskedToSignIn = useSignInNeed(useServices().sessionWatch) !== "none";
  return (
    <Base.Root
      open={isOpen && (isAboveAll || !isAskedToSignIn)}
      onOpenChange={(next) => {
        if (next || !isBlocking) onOpenChange(next);
      }}
      disablePointerDismissal={isBlocking}
    >
      <Base.Portal keepMounted={isOpen}>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 flex overflow-y-auto p-4">
          <Base.Popup
            // What is read begins at its title; a question at its first answer, which is the way out.
            initialFocus={() => (isWide ? heading.current : footer.current?.querySelector("button")) ?? true}
            className={cx(
              "popup mx-auto mt-auto flex w-full flex-col rounded-lg sm:my-auto",
              isWide ? "max-w-2xl" : "max-w-md",
            )}
          >
            <header className="flex items-start gap-3 p-5 pb-0">
              <div className="flex min-w-0 flex-1 flex-col gap-1">
                <Base.Title
                  ref={heading}
                  tabIndex={-1}
                  className={cx(
                    "font-semibold outline-none",
                    kindIcon === undefined
                      ? "text-base text-ink"
                      : "flex items-center gap-1.5 text-xs text-ink-soft [&_svg]:size-3.5",
                  )}
                >
                  {kindIcon}
                  {title}
                </Base.Title>
                {description === undefined ? null : (
                  <Base.Description
                    className={cx("text-ink-soft", kindIcon === undefined ? "text-sm" : "text-xs")}
                  >
                    {description}
                  </Base.Description>
                )}
              </div>
              {isBlocking ? null : <DialogCloseButton />}
            </header>
            {children === undefined ? null : (
              <div className="flex min-w-0 flex-col gap-4 px-5 pt-4">{children}</div>
            )}
            <footer ref={footer} className="flex flex-wrap justify-end gap-2 px-5 pt-4 pb-5">
              {actions}
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

function DialogCloseButton() {
  return (
    <Base.Close
      render={
        <IconButton
          label="Close"
          icon={<X aria-hidden />}
          size="sm"
          hasTooltip={false}
          className="-mt-0.5 -mr-1"
        />
      }
    />
  );
}

/** Closes the dialog that it stands in: `<DialogClose><Button>Cancel</Button></DialogClose>`. */
export function DialogClose({ children }: { readonly children: ReactElement<Record<string, unknown>> }) {
  return <Base.Close render={children} />;
}
