/** Does what a fix describes. What was refused is asked again afterwards, by who shows it. */
import type { Instance } from "./instance-state.ts";
import type { FixAction } from "./refusal-fixes.ts";
import type { Services } from "./services.ts";
import type { SessionWatch } from "./session-watch.ts";

export interface FixTarget {
  readonly organizationId: string;
  readonly instance: Instance | undefined;
}

/** Of an action that needs something typed, that is `value`. */
export async function applyFix(
  { controlPlane, instanceClients, openDocument, queryClient, sessionWatch }: Services,
  action: FixAction,
  { organizationId, instance }: FixTarget,
  value = "",
): Promise<void> {
  if (action.kind === "sign-in") return signInAgain(sessionWatch);
  if (action.kind === "reload")
    return openDocument(globalThis.location.pathname + globalThis.location.search);
  if (instance === undefined) return;
  const parameters = { organization_id: organizationId, instance_id: instance.id };
  switch (action.kind) {
    case "set-switches":
      await controlPlane.instances.setSwitches({ parameters, body: action.switches });
      break;
    case "take-os-id":
      await controlPlane.instances.update({ parameters, body: { os_id: action.osId } });
      break;
    case "enter-security-key":
      instanceClients.rememberSecurityKey(instance, value);
      break;
    default:
  }
  instanceClients.renewToken(instance.id);
  // A role that was changed meanwhile shows itself as well.
  await Promise.all(
    [["instances", organizationId], ["session"]].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}

/** The shell asks for the password; it is done when somebody has signed in. Who leaves the page in place of it leaves this, too. */
function signInAgain(watch: SessionWatch): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch.subscribe(() => {
      if (watch.isOver()) return;
      stop();
      resolve();
    });
    watch.markOver();
  });
}
