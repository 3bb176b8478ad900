/** For a stranger at any address: the address stays, so that signing in leads where they meant to go. */
import { useServices } from "../../lib/services.ts";
import { FrontDoor } from "./front-door.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInPage() {
  const { openDocument } = useServices();
  return (
    <FrontDoor
      title="Sign in"
      description="To the console of your AgentOS."
      footer="Never signed in? Ask an Owner or Administrator for a link. Lost your password? Ask an Owner. Whoever runs the control plane can print a link on its machine."
    >
      <SignInForm onSignedIn={() => openDocument(window.location.pathname + window.location.search)} />
    </FrontDoor>
  );
}
