/** "Authorization Failed": opened by `useRefusal`, wherever a request was refused. */

import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useCallback } from "react";
import type { RefusedCall } from "../lib/refused-call.ts";
import { useRefusalSession } from "../lib/use-refusal.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogClose } from "./dialog.tsx";
import { RefusalView } from "./refusal-panel.tsx";

export interface RefusalDialogProps {
  readonly call: RefusedCall;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** One for each refusal: it begins anew with its `key`. What is under way goes on while another dialog is in front. */
export function RefusalDialog({ call, isOpen, onOpenChange }: RefusalDialogProps) {
  const session = useRefusalSession(call);
  const isPassed = session.state === "passed";
  // A link leads to a page, which the dialog would stand over.
  const closeForLinks = useCallback(
    (body: HTMLDivElement) => {
      const close = ({ target }: Event) => {
        if (target instanceof Element && target.closest("a[href]") !== null) onOpenChange(false);
      };
      body.addEventListener("click", close);
      return () => body.removeEventListener("click", close);
    },
    [onOpenChange],
  );
  return (
    <Dialog
      title={isPassed ? "This request is let in now" : "Authorization Failed"}
      kindIcon={
        isPassed ? (
          <ShieldCheck aria-hidden className="text-ok-ink" />
        ) : (
          <ShieldAlert aria-hidden className="text-danger-ink" />
        )
      }
      description={call.title}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isWide
      actions={
        <DialogClose>
          <Button variant={isPassed ? "primary" : "ghost"}>{isPassed ? "Done" : "Close"}</Button>
        </DialogClose>
      }
    >
      <div ref={closeForLinks} className="contents">
        <RefusalView session={session} />
      </div>
    </Dialog>
  );
}
