/** A new one-time link for a member: the first one was lost, or the password was. */
import { useMutation } from "@tanstack/react-query";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { HandedLink } from "../../components/handed-link.tsx";
import { ObstructedControl } from "../../components/obstructed-control.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { TextLink } from "../../components/text-link.tsx";
import type { Member } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { findLinkObstacle, type Standing } from "./member-rules.ts";
import { PanelPart } from "./panel-part.tsx";

export function MemberLink({ member, standing }: { readonly member: Member; readonly standing: Standing }) {
  const { controlPlane } = useServices();
  const { organization } = useMembership();
  const isMissing = useMissingScopes(["org:members:write"]) !== undefined;
  const make = useMutation({
    mutationFn: () =>
      controlPlane.members.createLink({
        parameters: { organization_id: organization.id, person_id: member.person_id },
      }),
  });
  if (member.person_id === standing.self.personId)
    return (
      <PanelPart title="Password">
        <TextLink to="/settings">Change your password in Settings</TextLink>
      </PanelPart>
    );
  const button = (
    <Button isBusy={make.isPending} onClick={() => make.mutate()}>
      {make.data === undefined ? "Make a link" : "Make another link"}
    </Button>
  );
  return (
    <PanelPart
      title="One-time link"
      description={
        member.has_signed_in
          ? "For who has lost the password: they choose a new one with it, and their sessions end."
          : "Lets them in for the first time. The one before ends."
      }
    >
      {make.error === null ? null : <ErrorState error={make.error} isCompact />}
      {make.data === undefined ? null : <HandedLink link={make.data} name={member.name} />}
      {isMissing ? (
        <RequiresScope scopes={["org:members:write"]}>{button}</RequiresScope>
      ) : (
        <ObstructedControl obstacle={findLinkObstacle(member, standing)}>{button}</ObstructedControl>
      )}
    </PanelPart>
  );
}
