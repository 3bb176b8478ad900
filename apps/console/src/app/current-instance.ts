/** Which instance the bar is about: that of the address, else the one before, else the first. */
import { useMatches } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Instance } from "../lib/instance-state.ts";
import { useInstances } from "../lib/instances.ts";

export function useCurrentInstance(): Instance | undefined {
  const named = useMatches({
    select: (matches) =>
      matches.map(({ params }) => ("instanceId" in params ? params.instanceId : undefined)).find(Boolean),
  });
  const [last, setLast] = useState(named);
  useEffect(() => {
    if (named !== undefined) setLast(named);
  }, [named]);
  const { data } = useInstances();
  const connected = data?.data.filter(({ is_draft }) => !is_draft) ?? [];
  return connected.find(({ id }) => id === (named ?? last)) ?? connected[0];
}
