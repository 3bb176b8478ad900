/**
 * A word on what was just done. Never the only place of a fault: what failed is said where it was tried. It stands where no
 * button is: at the top of a phone, whose dialogs are at the bottom, and above the composer of a chat.
 */
import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import type { ReactNode } from "react";
import { useMediaQuery } from "../lib/media-query.ts";
import { IconButton } from "./icon-button.tsx";

export interface ToastWords {
  readonly title: string;
  readonly description?: string;
  readonly isFault?: boolean;
}

/** Gives the function that shows one. */
export function useToast(): (words: ToastWords) => void {
  const { add } = Base.useToastManager();
  return ({ title, description, isFault = false }) => {
    add({
      title,
      ...(description === undefined ? {} : { description }),
      type: isFault ? "fault" : "done",
      timeout: isFault ? 12_000 : 5_000,
    });
  };
}

export function ToastArea({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 top-14 z-60 flex flex-col gap-2 sm:top-auto sm:right-4 sm:bottom-4 sm:left-auto sm:w-80 sm:[body:has([data-fills])_&]:bottom-32">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  const isNarrow = useMediaQuery("(max-width: 639px)");
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={isNarrow ? ["right", "up"] : ["right", "down"]}
      className="popup data-limited:hidden"
    >
      <Base.Content className="flex items-start gap-2.5 py-2.5 pr-2 pl-3 pointer-coarse:items-center pointer-coarse:py-1">
        {toast.type === "fault" ? (
          <CircleAlert aria-hidden className="mt-0.5 size-4 pointer-coarse:mt-0 shrink-0 text-danger-ink" />
        ) : (
          <CircleCheck aria-hidden className="mt-0.5 size-4 pointer-coarse:mt-0 shrink-0 text-ok-ink" />
        )}
        <div className="flex min-w-0 flex-1 flex-col">
          <Base.Title className="text-sm font-medium text-ink" />
          <Base.Description className="text-xs text-ink-soft" />
        </div>
        <Base.Close
          render={<IconButton label="Dismiss" icon={<X aria-hidden />} size="sm" hasTooltip={false} />}
        />
      </Base.Content>
    </Base.Root>
  ));
}
