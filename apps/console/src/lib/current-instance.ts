/** Which instance one works with: that of the address, else the one before, else the first. */
import { useMatches } from "@tanstack/react-router";
import { createContext, useContext, useState } from "react";
import type { Instance } from "./instance-state.ts";
import { useConnectedInstances } from "./instances.ts";

const CurrentInstanceContext = createContext<Instance | undefined>(undefined);
export const CurrentInstanceProvider = CurrentInstanceContext.Provider;

export function useCurrentInstance(): Instance | undefined {
  return useContext(CurrentInstanceContext);
}

/** For the shell, which stays while pages come and go, and the bar with them on a phone. */
export function useInstanceAtHand(): Instance | undefined {
  const [lastId, setLastId] = useState<string>();
  const namedId = useMatches({
    select: (matches) =>
      matches
        .map(({ params, search }) =>
          "instanceId" in params ? params.instanceId : "instance" in search ? search.instance : undefined,
        )
        .find((id) => id !== undefined),
  });
  // A draft has no pages but its own.
  const connected = useConnectedInstances();
  const find = (wanted: string | undefined) => connected.find(({ id }) => id === wanted);
  const named = find(namedId);
  if (named !== undefined && named.id !== lastId) setLastId(named.id);
  return named ?? find(lastId) ?? connected[0];
}
