/** Signing in again behind an open page: asking for it, and going on with nothing of the session before. */
import { isSessionOver } from "./describe-fault.ts";
import type { Services } from "./services.ts";
import { type SignedIn, sessionQuery } from "./session.ts";

/**
 * The shell asks for the password: false where the person changed their mind, which they can while the session is still a
 * good one.
 */
export async function signInAgain({
  controlPlane,
  sessionWatch,
}: Pick<Services, "controlPlane" | "sessionWatch">): Promise<boolean> {
  try {
    await controlPlane.account.read();
  } catch (error) {
    if (isSessionOver(error)) sessionWatch.markOver();
  }
  return sessionWatch.ask();
}

/** Somebody has; `signedIn` where it is known who. */
export async function takeUpSession(
  {
    controlPlane,
    instanceClients,
    queryClient,
    sessionWatch,
  }: Pick<Services, "controlPlane" | "instanceClients" | "queryClient" | "sessionWatch">,
  signedIn?: SignedIn,
): Promise<void> {
  // Tokens and security keys end with the session before.
  instanceClients.forgetAll();
  // What was asked in it may still be refused for it: heard after this, it would end the new one.
  await queryClient.cancelQueries();
  if (signedIn !== undefined) queryClient.setQueryData(sessionQuery(controlPlane).queryKey, signedIn);
  sessionWatch.markAlive();
  void queryClient.invalidateQueries();
}
