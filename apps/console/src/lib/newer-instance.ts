/**
 * Which of two answers about an instance holds. An answer may take longer than the next one: what somebody has just changed
 * is never shown as it was before.
 */
import type { Instance, InstanceList } from "./instance-state.ts";

export function pickNewer(held: Instance | undefined, given: Instance): Instance {
  if (held === undefined || held.id !== given.id) return given;
  const ahead = given.updated_at - held.updated_at || timeSeen(given) - timeSeen(held);
  return ahead < 0 ? held : given;
}

/** What is seen of it is no change of it. */
function timeSeen({ observed }: Instance): number {
  return observed?.at ?? 0;
}

/** What is in the list that was asked for is what there is; of each, the newer is shown. */
export function keepNewer(held: InstanceList | undefined, given: InstanceList): InstanceList {
  if (held === undefined) return given;
  const byId = new Map(held.data.map((each) => [each.id, each]));
  return { ...given, data: given.data.map((each) => pickNewer(byId.get(each.id), each)) };
}
