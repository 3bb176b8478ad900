/** What a page about an instance shows would stand beside a state of long ago. One look for each visit; it asks three routes. */
import { useState } from "react";
import { type Instance, isSeenLately } from "../lib/instance-state.ts";
import { useInstanceProbe } from "../lib/instance-watch.ts";

export function InstanceLook({ instance }: { readonly instance: Instance }) {
  const [isNeeded] = useState(() => !instance.is_draft && !isSeenLately(instance, Date.now() / 1_000));
  return isNeeded ? <OneLook instance={instance} /> : null;
}

function OneLook({ instance }: { readonly instance: Instance }) {
  useInstanceProbe(instance, { isSettled: true });
  return null;
}
