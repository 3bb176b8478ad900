/** Signed in, but a member of nothing: removed, or not added yet. */
import { Button } from "../components/button.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { FrontDoor } from "../features/sign-in/front-door.tsx";
import { useServices } from "../lib/services.ts";
import { useSignOut } from "../lib/sign-out.ts";

export function NoOrganizationPage() {
  const { openDocument } = useServices();
  const signOut = useSignOut();
  return (
    <FrontDoor
      title="You belong to no organization"
      description="You are signed in, but you were removed from your organization, or nobody has added you to one yet. Ask an Owner or Administrator to add you, then load this page again."
    >
      {signOut.error === null ? null : <ErrorState error={signOut.error} isCompact />}
      <div className="flex gap-2">
        <Button variant="primary" onClick={() => openDocument("/")}>
          Load again
        </Button>
        <Button isBusy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </FrontDoor>
  );
}
