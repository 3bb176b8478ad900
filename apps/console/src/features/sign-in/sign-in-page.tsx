/** For a stranger at any address: the address stays, so that signing in leads where they meant to go. */
import { useServices } from "../../lib/services.ts";
import { FrontDoor } from "./front-door.tsx";
import { OwnerLinkLine } from "./owner-link-line.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInPage() {
  const { openDocument } = useServices();
  return (
    <FrontDoor
      title="Sign in"
      description="To the console of your AgentOS."
      footer={
        <div className="flex flex-col gap-3">
          <ul className="flex flex-col gap-1.5">
            <li>Never signed in? Ask an Owner or Administrator for a link.</li>
            <li>Lost your password? Ask an Owner.</li>
            <li>Whoever runs the control plane has its Owner signed in by the link that this prints:</li>
          </ul>
          <OwnerLinkLine />
        </div>
      }
    >
      <SignInForm onSignedIn={() => openDocument(window.location.pathname + window.location.search)} />
    </FrontDoor>
  );
}
