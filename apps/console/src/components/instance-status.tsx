/** The state of an instance: of what is known of it, the worst. */
import { useIsFetching } from "@tanstack/react-query";
import { useStanding } from "../lib/instance-standing.ts";
import { describeInstanceState, type Instance } from "../lib/instance-state.ts";
import { Status } from "./status.tsx";

export interface InstanceStatusProps {
  readonly instance: Instance;
  readonly isWordHidden?: boolean;
  /** It is looked at, though there is a state from before. */
  readonly isBusy?: boolean;
}

export function InstanceStatus({ instance, isWordHidden = false, isBusy = false }: InstanceStatusProps) {
  const standing = useStanding(instance);
  // A look that is under way elsewhere on the page shows here as well.
  const isLooking = useIsFetching({ queryKey: ["probe", instance.id] }) > 0;
  if (instance.observed === null && isLooking)
    return <Status tone="neutral" word="Checking…" isBusy isWordHidden={isWordHidden} />;
  return (
    <Status {...describeInstanceState(instance, standing)} isBusy={isBusy} isWordHidden={isWordHidden} />
  );
}
