/** A new member: who, with which role; then the link to hand over, which is shown this once. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";

import { Dialog } from "../../components/dialog.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { HandedLink } from "../../components/handed-link.tsx";
import { Notice } from "../../components/notice.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { faultOfField, isSessionOver } from "../../lib/describe-fault.ts";
import { type Member, type Role, titleOfRole } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership, useMissingScopes, useSignedIn } from "../../lib/session.ts";
import { findNewRoleObstacle } from "./member-rules.ts";
import { RoleChoice } from "./role-choice.tsx";

export interface AddMemberDialogProps {
  readonly isOpen: boolean;
  readonly members: readonly Member[];
  readonly roles: readonly Role[];
  readonly onClose: () => void;
}

/** Its address opens it for nobody who may not. */
export function AddMemberDialog({ isOpen, ...props }: AddMemberDialogProps) {
  const missing = useMissingScopes(["org:members:write"]);
  return isOpen && missing === undefined ? <OpenDialog {...props} /> : null;
}

const FORM = "add-member";

function OpenDialog({ members, roles, onClose }: Omit<AddMemberDialogProps, "isOpen">) {
  const { controlPlane, queryClient } = useServices();
  const { person } = useSignedIn();
  const { organization, scopes } = useMembership();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role["name"]>("member");
  const add = useMutation({
    mutationFn: () =>
      controlPlane.members.add({
        parameters: { organization_id: organization.id },
        body: { name, email, role },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["members"] }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    add.mutate();
  }
  if (add.data !== undefined) return <Added added={add.data} roles={roles} onClose={onClose} />;
  const standing = { self: { personId: person.id, scopes }, members, roles };
  const hasNamedField = ["name", "email"].some((field) => faultOfField(add.error, field) !== undefined);
  return (
    <Dialog
      title="Add a member"
      description="You get a one-time link to hand over. Nothing is sent by mail."
      isOpen
      onOpenChange={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} variant="primary" isBusy={add.isPending}>
            Add member
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4">
        {add.error === null || hasNamedField || isSessionOver(add.error) ? null : (
          <ErrorState error={add.error} isCompact />
        )}
        <Field label="Name" error={faultOfField(add.error, "name")}>
          <TextInput
            required
            autoFocus
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="E-mail" hint="They sign in with it." error={faultOfField(add.error, "email")}>
          <TextInput
            type="email"
            required
            autoComplete="off"
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <div className="flex flex-col gap-1.5">
          <p className="text-sm font-medium text-ink">Role</p>
          <RoleChoice
            label="Role"
            roles={roles}
            value={role}
            onChange={setRole}
            findObstacle={(candidate) => findNewRoleObstacle(candidate, standing)}
          />
        </div>
      </form>
    </Dialog>
  );
}

interface AddedProps {
  readonly added: {
    readonly member: Member;
    readonly link: { readonly url: string; readonly expires_at: number } | null;
  };
  readonly roles: readonly Role[];
  readonly onClose: () => void;
}

function Added({ added: { member, link }, roles, onClose }: AddedProps) {
  return (
    <Dialog
      title={`${member.name} is added`}
      description={
        link === null
          ? `${member.email}, as ${titleOfRole(member.role, roles)}.`
          : `As ${titleOfRole(member.role, roles)}. Hand over this link, and they can sign in as ${member.email}.`
      }
      isOpen
      // The link cannot be seen again: a click beside it must not lose it.
      isBlocking
      onOpenChange={onClose}
      actions={
        <Button variant={link === null ? "primary" : "secondary"} onClick={onClose}>
          Done
        </Button>
      }
    >
      {link === null ? (
        <Notice title="No link is needed">
          {member.name} belongs to another organization of this control plane, and signs in here as they do
          there. The name that they have there stays.
        </Notice>
      ) : (
        <HandedLink link={link} name={member.name} />
      )}
    </Dialog>
  );
}
