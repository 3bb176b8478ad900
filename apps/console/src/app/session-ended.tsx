/**
 * The session ended while a page was open. The page stays as it is; who signs in again goes on in it. Who was removed cannot:
 * they can still copy what they have typed, until they leave.
 */
import { useEffect } from "react";
import { Button } from "../components/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { SignInForm } from "../features/sign-in/sign-in-form.tsx";
import { useServices } from "../lib/services.ts";
import { type SignedIn, sessionQuery, useSignedIn } from "../lib/session.ts";
import { useIsSessionOver } from "../lib/session-watch.ts";

export function SessionEnded() {
  const { controlPlane, instanceClients, openDocument, queryClient, sessionWatch } = useServices();
  const isOver = useIsSessionOver(sessionWatch);
  const { person } = useSignedIn();
  useEffect(() => {
    // Tokens and security keys of instances end with the session: nothing of this page works on.
    if (isOver) instanceClients.forgetAll();
  }, [isOver, instanceClients]);

  function goOn(signedIn: SignedIn) {
    instanceClients.forgetAll();
    // Another person must not see what was loaded for this one.
    if (signedIn.person.id !== person.id) return openDocument("/");
    queryClient.setQueryData(sessionQuery(controlPlane).queryKey, signedIn);
    sessionWatch.markAlive();
    void queryClient.invalidateQueries();
  }

  return (
    <Dialog
      title="You were signed out"
      description="Your sign-in expired, was ended, or you were removed from the organization. What you typed is still here: sign in again to go on."
      isOpen={isOver}
      isBlocking
      isAboveAll
      onOpenChange={() => undefined}
      actions={
        <Button variant="ghost" onClick={() => openDocument("/")}>
          Discard and leave
        </Button>
      }
    >
      <SignInForm knownEmail={person.email} onSignedIn={goOn} />
    </Dialog>
  );
}
