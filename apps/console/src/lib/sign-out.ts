/** Ends what this tab, and every other one of this browser, does as the person. */
import { useMutation } from "@tanstack/react-query";
import { type Services, useServices } from "./services.ts";

/** The sign-in is over on the control plane: nothing of it is used again, in no tab. */
export function leaveConsole({ instanceClients, otherTabs, openDocument }: Services): void {
  instanceClients.forgetAll();
  otherTabs.tell({ kind: "signed-out" });
  openDocument("/");
}

export function useSignOut(onError?: (error: unknown) => void) {
  const services = useServices();
  return useMutation({
    mutationFn: () => services.controlPlane.account.signOut(),
    onSuccess: () => leaveConsole(services),
    ...(onError === undefined ? {} : { onError }),
  });
}
