/** A member goes. The consequence first; for an Owner, and for oneself, the name has to be typed. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { ObstructedControl } from "../../components/obstructed-control.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { useToast } from "../../components/toast.tsx";
import type { Member } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { leaveConsole } from "../../lib/sign-out.ts";
import { findRemovalObstacle, type Standing } from "./member-rules.ts";
import { PanelPart } from "./panel-part.tsx";

export interface RemoveMemberProps {
  readonly member: Member;
  readonly standing: Standing;
  readonly onRemoved: () => void;
}

export function RemoveMember({ member, standing, onRemoved }: RemoveMemberProps) {
  const [isAsking, setIsAsking] = useState(false);
  const isMissing = useMissingScopes(["org:members:delete"]) !== undefined;
  const isSelf = member.person_id === standing.self.personId;
  const words = isSelf ? "Leave the organization…" : `Remove ${member.name}…`;
  const button = <Button onClick={() => setIsAsking(true)}>{words}</Button>;
  return (
    <PanelPart title={isSelf ? "Leave" : "Remove"}>
      {isAsking ? (
        <Question member={member} isSelf={isSelf} onKeep={() => setIsAsking(false)} onRemoved={onRemoved} />
      ) : isMissing ? (
        <RequiresScope scopes={["org:members:delete"]}>{button}</RequiresScope>
      ) : (
        <ObstructedControl obstacle={findRemovalObstacle(member, standing)}>{button}</ObstructedControl>
      )}
    </PanelPart>
  );
}

interface QuestionProps {
  readonly member: Member;
  readonly isSelf: boolean;
  readonly onKeep: () => void;
  readonly onRemoved: () => void;
}

function Question({ member, isSelf, onKeep, onRemoved }: QuestionProps) {
  const services = useServices();
  const { controlPlane } = services;
  const { queryClient } = useServices();
  const { organization } = useMembership();
  const showToast = useToast();
  const [typed, setTyped] = useState("");
  const isDangerous = isSelf || member.role === "owner";
  const remove = useMutation({
    mutationFn: () =>
      controlPlane.members.remove({
        parameters: { organization_id: organization.id, person_id: member.person_id },
      }),
    async onSuccess() {
      if (isSelf) {
        leaveConsole(services);
        return;
      }
      showToast({ title: `${member.name} is no member any more`, description: "Their tokens are revoked." });
      onRemoved();
      await queryClient.invalidateQueries({ queryKey: ["members"] });
    },
  });
  const isTyped = !isDangerous || typed.trim() === member.name;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isTyped) remove.mutate();
  }
  return (
    <form
      onSubmit={submit}
      className="flex w-full flex-col gap-3 rounded-lg border border-line-strong bg-raised p-3"
    >
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="font-medium text-ink">
          {isSelf ? `Leave ${organization.name}?` : `Remove ${member.name} from ${organization.name}?`}
        </p>
        <ul className="flex list-disc flex-col gap-1 pl-4 text-ink-soft marker:text-ink-faint">
          <li>{isSelf ? "Your" : "Their"} sessions end, and all tokens are revoked on every instance.</li>
          <li>
            Drafts of instances that only {isSelf ? "you" : "they"} can see are gone. What was done stays in
            the audit log.
          </li>
          <li>
            Who is in no other organization is forgotten: added again, {isSelf ? "you are" : "they are"}{" "}
            another person, without the chats and memories of before.
          </li>
        </ul>
      </div>
      {remove.error === null ? null : <ErrorState error={remove.error} isCompact />}
      {isDangerous ? (
        <Field label={`Type “${member.name}” to go on`}>
          <TextInput
            autoFocus
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <ObstructedControl
          obstacle={
            isTyped ? undefined : { title: "The name is not typed yet", text: `Type ${member.name} above.` }
          }
        >
          <Button type="submit" variant="danger" isBusy={remove.isPending} autoFocus={!isDangerous}>
            {isSelf ? "Leave the organization" : `Remove ${member.name}`}
          </Button>
        </ObstructedControl>
        <Button onClick={onKeep}>{isSelf ? "Stay" : `Keep ${member.name}`}</Button>
      </div>
    </form>
  );
}
