/** What is asked before a session gets another name, or is gone. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { Dialog, DialogClose } from "../../components/dialog.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { useToast } from "../../components/toast.tsx";
import { instanceKey, useInstance, useOpenClient } from "../../lib/instance-data.ts";
import { KINDS } from "../../lib/runnable-kinds.ts";
import { useServices } from "../../lib/services.ts";
import { kindOf, nameOfSession, ownerOf, type SessionRow } from "../../lib/sessions.ts";

interface SessionDialogProps {
  readonly session: SessionRow;
  readonly onClose: () => void;
}

/** Tells it from others of the same id. */
function queryOf(session: SessionRow) {
  const { user_id: user } = session;
  const kind = kindOf(session);
  const id = ownerOf(session, kind);
  return {
    type: KINDS[kind].type,
    ...(id === undefined ? {} : { component_id: id }),
    ...(typeof user === "string" ? { user_id: user } : {}),
  };
}

function useRenewSessions(): () => void {
  const { queryClient } = useServices();
  const key = instanceKey(useInstance());
  return () => void queryClient.invalidateQueries({ queryKey: [...key, "sessions"] });
}

export function RenameDialog({ session, onClose }: SessionDialogProps) {
  const [name, setName] = useState(session.session_name);
  const openClient = useOpenClient();
  const renew = useRenewSessions();
  const tell = useToast();
  const renaming = useMutation({
    mutationFn: async () =>
      (await openClient()).sessions.rename({
        parameters: { session_id: session.session_id },
        query: queryOf(session),
        body: { session_name: name.trim() },
      }),
    onSuccess() {
      renew();
      tell({ title: "Session renamed" });
      onClose();
    },
  });
  return (
    <Dialog
      title="Rename session"
      isOpen
      onOpenChange={onClose}
      actions={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            type="submit"
            form="rename-session"
            disabled={name.trim() === ""}
            isBusy={renaming.isPending}
          >
            Rename
          </Button>
        </>
      }
    >
      <form
        id="rename-session"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") renaming.mutate();
        }}
      >
        <Field label="Name">
          <TextInput
            value={name}
            maxLength={1_000}
            autoFocus
            onChange={({ target }) => setName(target.value)}
          />
        </Field>
      </form>
      {renaming.error === null ? null : (
        <ErrorState error={renaming.error} title="The session keeps its name" isCompact />
      )}
    </Dialog>
  );
}

export function DeleteDialog({ session, onClose }: SessionDialogProps) {
  const openClient = useOpenClient();
  const renew = useRenewSessions();
  const tell = useToast();
  const deleting = useMutation({
    mutationFn: async () =>
      (await openClient()).sessions.delete({
        parameters: { session_id: session.session_id },
        query: queryOf(session),
      }),
    onSuccess() {
      renew();
      tell({ title: "Session deleted" });
      onClose();
    },
  });
  return (
    <Dialog
      title="Delete this session?"
      description="Its messages are deleted at the instance and cannot be brought back."
      isOpen
      onOpenChange={onClose}
      actions={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="danger" isBusy={deleting.isPending} onClick={() => deleting.mutate()}>
            Delete session
          </Button>
        </>
      }
    >
      <p className="line-clamp-3 rounded-md border border-line bg-sunken px-3 py-2 text-sm wrap-anywhere text-ink">
        {nameOfSession(session)}
      </p>
      {deleting.error === null ? null : (
        <ErrorState error={deleting.error} title="The session is still there" isCompact />
      )}
    </Dialog>
  );
}
