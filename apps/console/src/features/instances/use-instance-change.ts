/** Changes of one instance: what the answer says is what every page shows. */
import type { ClientError } from "@agentos/client";
import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import type { Instance, Switches } from "../../lib/instance-state.ts";
import { replaceInstance, useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";

type Parameters = ReturnType<typeof useInstanceParameters>;
type ControlPlane = ReturnType<typeof useServices>["controlPlane"];

/** `change` gives the instance as it is then. */
export function useInstanceChange<Input = void>(
  instanceId: string,
  change: (controlPlane: ControlPlane, parameters: Parameters, input: Input) => Promise<Instance>,
  onDone?: (instance: Instance) => void,
): UseMutationResult<Instance, ClientError, Input> {
  const { controlPlane, queryClient } = useServices();
  const parameters = useInstanceParameters(instanceId);
  return useMutation({
    mutationFn: (input: Input) => change(controlPlane, parameters, input),
    onSuccess: (instance) => {
      replaceInstance(queryClient, parameters.organization_id, instance);
      for (const what of ["probe", "keys", "configuration"])
        void queryClient.invalidateQueries({ queryKey: [what, instanceId] });
      onDone?.(instance);
    },
  });
}

/** Only what changes is sent: somebody else may have set the other one since this page has seen it. */
export function useSetSwitches(instanceId: string) {
  return useInstanceChange(instanceId, (controlPlane, parameters, body: Partial<Switches>) =>
    controlPlane.instances.setSwitches({ parameters, body }),
  );
}

/**
 * A change after which the instance is elsewhere: the policy of this document does not know the new origin, so nothing here
 * may ask it. The next document does.
 */
export function useInstanceMove<Input>(
  instanceId: string,
  path: string,
  change: (controlPlane: ControlPlane, parameters: Parameters, input: Input) => Promise<Instance>,
): UseMutationResult<Instance, ClientError, Input> {
  const { controlPlane, openDocument } = useServices();
  const parameters = useInstanceParameters(instanceId);
  return useMutation({
    mutationFn: (input: Input) => change(controlPlane, parameters, input),
    onSuccess: () => openDocument(path),
  });
}
