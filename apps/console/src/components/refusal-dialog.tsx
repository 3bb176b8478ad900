/** "Authorization Failed": opened by `useRefusal`, wherever a request was refused. */
import { useMemo, useState } from "react";
import type { RefusedCall } from "../lib/refused-call.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogClose } from "./dialog.tsx";
import { RefusalBody } from "./refusal-panel.tsx";

export interface RefusalDialogProps {
  readonly call: RefusedCall;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** One for each refusal: it begins anew with its `key`. */
export function RefusalDialog({ call, isOpen, onOpenChange }: RefusalDialogProps) {
  const [isPassed, setIsPassed] = useState(false);
  const watched = useMemo(
    () => ({
      ...call,
      onResolved() {
        setIsPassed(true);
        call.onResolved?.();
      },
    }),
    [call],
  );
  return (
    <Dialog
      title={isPassed ? "Authorization works again" : "Authorization Failed"}
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
      <RefusalBody call={watched} />
    </Dialog>
  );
}
