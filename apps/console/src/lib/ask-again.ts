/** Sends what was refused once more, as things are now: the instance may be elsewhere, or gone. */
import { AgentOSRefusal, type ClientError } from "@agentos/client";
import type { Instance } from "./instance-state.ts";
import { instancesQuery } from "./instances.ts";
import type { RefusedCall } from "./refused-call.ts";
import type { Services } from "./services.ts";

type Asking = Pick<Services, "controlPlane" | "instanceClients" | "queryClient">;

export interface AskedAgain {
  readonly organizationId: string;
  readonly call: Pick<RefusedCall, "instanceId"> & Required<Pick<RefusedCall, "retry">>;
  /** Somebody was asked for a role: only a token that is made anew has its scopes. */
  readonly needsNewToken: boolean;
}

/** The instance that has let the request in; rejects with why it was not. */
export async function askAgain(
  { controlPlane, instanceClients, queryClient }: Asking,
  { organizationId, call, needsNewToken }: AskedAgain,
): Promise<Instance> {
  const { data } = await queryClient.fetchQuery({
    ...instancesQuery(controlPlane, organizationId),
    staleTime: 0,
  });
  const instance = data.find(({ id }) => id === call.instanceId);
  if (instance === undefined) throw refuseGone();
  if (needsNewToken) {
    instanceClients.renewToken(instance.id);
    void queryClient.invalidateQueries({ queryKey: ["session"] });
  }
  await call.retry(await instanceClients.open(organizationId, instance));
  return instance;
}

/** As the control plane says it of an instance that it does not show. */
export function refuseGone(): AgentOSRefusal {
  return new AgentOSRefusal({
    status: 404,
    code: "INSTANCE_UNKNOWN",
    title: "the instance is not there any longer, or you may not see it any longer",
    detail: "Instance not found",
    fix: "look at the list of instances for those that there are",
  });
}

/** Nothing was sent, so nothing was refused again. */
export function isGone(error: ClientError): boolean {
  return error instanceof AgentOSRefusal && error.request === undefined && error.code === "INSTANCE_UNKNOWN";
}
