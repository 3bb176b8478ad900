/** "Authorization Failed": opened by `useRefusal`, wherever a request was refused. */
import { idOfError, type RefusedCall } from "../lib/refused-call.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogClose } from "./dialog.tsx";
import { RefusalBody } from "./refusal-panel.tsx";

export interface RefusalDialogProps {
  readonly call: RefusedCall;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function RefusalDialog({ call, isOpen, onOpenChange }: RefusalDialogProps) {
  return (
    <Dialog
      title="Authorization Failed"
      description={call.title}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isWide
      actions={
        <DialogClose>
          <Button variant="ghost">Close</Button>
        </DialogClose>
      }
    >
      <RefusalBody key={idOfError(call.error)} call={call} />
    </Dialog>
  );
}
