/** Does what a fix describes. What was refused is asked again afterwards, by who shows it. */
import type { Instance } from "./instance-state.ts";
import type { FixAction } from "./refusal-fixes.ts";
import type { Services } from "./services.ts";
import { signInAgain } from "./sign-in-again.ts";

export interface FixTarget {
  readonly organizationId: string;
  readonly instance: Instance | undefined;
}

/** Of an action that needs something typed, that is `value`. False where the person changed their mind. */
export async function applyFix(
  services: Services,
  action: FixAction,
  { organizationId, instance }: FixTarget,
  value = "",
): Promise<boolean> {
  const { controlPlane, instanceClients, openDocument, queryClient } = services;
  if (action.kind === "sign-in") return signInAgain(services);
  if (action.kind === "reload") {
    openDocument(globalThis.location.pathname + globalThis.location.search);
    return true;
  }
  if (instance === undefined) return true;
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
  return true;
}
