/**
 * Asks to sign in above an open page, which stays as it is: whoever does goes on in it. Where the session is over there is no
 * other way; who was removed can still copy what they have typed, until they leave. Whoever only asked for it can close it.
 */
import { useEffect, useState } from "react";
import { Button } from "../components/button.tsx";
import { Dialog, DialogClose } from "../components/dialog.tsx";
import { OwnerLinkLine } from "../features/sign-in/owner-link-line.tsx";
import { SignInForm } from "../features/sign-in/sign-in-form.tsx";
import { useServices } from "../lib/services.ts";
import { type SignedIn, useSignedIn } from "../lib/session.ts";
import { useSignInNeed } from "../lib/session-watch.ts";
import { takeUpSession } from "../lib/sign-in-again.ts";

export function SessionEnded() {
  const services = useServices();
  const { instanceClients, openDocument, sessionWatch } = services;
  const need = useSignInNeed(sessionWatch);
  // What is asked stays in sight while the dialog goes away.
  const [asked, setAsked] = useState(need);
  if (need !== "none" && need !== asked) setAsked(need);
  const isOver = asked === "over";
  const { person } = useSignedIn();
  useEffect(() => {
    // Tokens and security keys of instances end with the session: nothing of this page works on.
    if (need === "over") instanceClients.forgetAll();
  }, [need, instanceClients]);

  function goOn(signedIn: SignedIn) {
    if (signedIn.person.id === person.id) {
      void takeUpSession(services, signedIn);
      return;
    }
    // Another person must not see what was loaded for this one.
    instanceClients.forgetAll();
    openDocument("/");
  }

  return (
    <Dialog
      title={isOver ? "You were signed out" : "Sign in again"}
      description={
        isOver
          ? "Your sign-in expired, was ended, or you were removed from the organization. What you typed is still here: sign in again to go on."
          : "Your next requests get tokens of the new sign-in. The page and what you typed stay."
      }
      isOpen={need !== "none"}
      isBlocking={isOver}
      isAboveAll
      onOpenChange={() => sessionWatch.dismiss()}
      actions={
        isOver ? (
          <Button variant="ghost" onClick={() => openDocument("/")}>
            Discard and leave
          </Button>
        ) : (
          <DialogClose>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        )
      }
    >
      {person.has_password ? null : (
        <>
          <p className="text-sm text-ink">
            You have no password here. Open the link that this prints in another tab: then this page goes on.
          </p>
          <OwnerLinkLine />
        </>
      )}
      <SignInForm knownEmail={person.email} onSignedIn={goOn} />
    </Dialog>
  );
}
