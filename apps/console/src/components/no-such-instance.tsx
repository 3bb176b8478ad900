/** In the place of an instance that is not there, or is not for this person. */
import { ServerOff } from "lucide-react";
import { ButtonLink } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";
import { PageHeader } from "./page-header.tsx";

export function NoSuchInstance() {
  return (
    <>
      <PageHeader title="No such instance" />
      <EmptyState
        icon={<ServerOff />}
        title="Deleted, or a draft of somebody else"
        action={<ButtonLink to="/instances">See all instances</ButtonLink>}
      >
        Nothing of this organization that you may see has this address.
      </EmptyState>
    </>
  );
}
