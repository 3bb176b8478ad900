/** Another role for a member. What they lose and get is said before. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Notice } from "../../components/notice.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { useToast } from "../../components/toast.tsx";
import { listCapabilities } from "../../lib/capabilities.ts";
import { type Member, type Role, titleOfRole } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { countOf } from "../../lib/words.ts";
import { compareRoles, findRoleObstacle, type RoleChange, type Standing } from "./member-rules.ts";
import { PanelPart } from "./panel-part.tsx";
import { RoleChoice } from "./role-choice.tsx";

export interface ChangeRoleProps {
  readonly member: Member;
  readonly standing: Standing;
}

export function ChangeRole({ member, standing }: ChangeRoleProps) {
  const { controlPlane, queryClient } = useServices();
  const { organization } = useMembership();
  const showToast = useToast();
  const { roles, self } = standing;
  const [wanted, setWanted] = useState(member.role);
  const isSelf = member.person_id === self.personId;
  const change = useMutation({
    mutationFn: () =>
      controlPlane.members.changeRole({
        parameters: { organization_id: organization.id, person_id: member.person_id },
        body: { role: wanted },
      }),
    async onSuccess() {
      showToast({
        title: `${member.name} is ${titleOfRole(wanted, roles)} now`,
        description: "Tokens of the role before are revoked.",
      });
      await queryClient.invalidateQueries({ queryKey: ["members"] });
      if (isSelf) await queryClient.invalidateQueries({ queryKey: ["session"] });
    },
  });
  const before = roles.find(({ name }) => name === member.role);
  const after = roles.find(({ name }) => name === wanted);
  const button = (
    <Button variant="primary" isBusy={change.isPending} onClick={() => change.mutate()}>
      Make {isSelf ? "yourself" : member.name} {titleOfRole(wanted, roles)}
    </Button>
  );
  return (
    <PanelPart title="Role">
      {change.error === null ? null : <ErrorState error={change.error} isCompact />}
      <div className="w-full">
        <RoleChoice
          label={`Role of ${member.name}`}
          roles={roles}
          value={wanted}
          onChange={setWanted}
          findObstacle={(role) => findRoleObstacle(member, role, standing)}
        />
      </div>
      {wanted === member.role || after === undefined ? null : (
        <>
          <Consequence
            name={isSelf ? "You" : member.name}
            isSelf={isSelf}
            change={compareRoles(before, after)}
            roles={roles}
          />
          <div className="sticky -bottom-4 -mx-4 -mb-4 flex w-[calc(100%+2rem)] flex-wrap gap-2 border-t border-line bg-canvas px-4 py-3">
            <RequiresScope scopes={["org:members:write"]}>{button}</RequiresScope>
            <Button onClick={() => setWanted(member.role)}>Keep {titleOfRole(member.role, roles)}</Button>
          </div>
        </>
      )}
    </PanelPart>
  );
}

function Consequence({
  name,
  isSelf,
  change: { gained, lost },
  roles,
}: {
  readonly name: string;
  readonly isSelf: boolean;
  readonly change: RoleChange;
  readonly roles: readonly Role[];
}) {
  return (
    <div className="flex w-full flex-col gap-3">
      <ScopeChange verb={`${name} ${isSelf ? "get" : "gets"}`} mark="+" scopes={gained} roles={roles} />
      <ScopeChange verb={`${name} ${isSelf ? "lose" : "loses"}`} mark="−" scopes={lost} roles={roles} />
      <Notice tone="warn" title={`This revokes ${isSelf ? "your" : `${name}’s`} tokens`}>
        Pages that are open go on with new ones. A token that was copied for curl or a script stops working.
        {isSelf && lost.length > 0 ? " You cannot take this back yourself." : ""}
      </Notice>
    </div>
  );
}

function ScopeChange({
  verb,
  mark,
  scopes,
  roles,
}: {
  readonly verb: string;
  readonly mark: "+" | "−";
  readonly scopes: readonly string[];
  readonly roles: readonly Role[];
}) {
  if (scopes.length === 0) return null;
  const touched = listCapabilities(roles).filter((one) => one.scopes.some((scope) => scopes.includes(scope)));
  return (
    <div className="flex flex-col gap-1.5">
      <h4 className="text-xs font-medium text-ink-soft">{verb}</h4>
      <ul className="flex flex-col gap-0.5 text-sm text-ink">
        {touched.map(({ title }) => (
          <li key={title} className="flex gap-2">
            <span aria-hidden className={mark === "+" ? "text-ok-ink" : "text-danger-ink"}>
              {mark}
            </span>
            {title}
          </li>
        ))}
      </ul>
      <Disclosure title={countOf(scopes.length, "scope")}>
        <p className="font-mono text-xs wrap-anywhere text-ink-soft">{scopes.join(", ")}</p>
      </Disclosure>
    </div>
  );
}
