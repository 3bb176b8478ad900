/** Routes of the instances. What each does is in the room `instances`; here it gets what it needs of the request. */
import type { HandlersOf, MemberCall } from "../app/handler.ts";
import { deleteInstance, updateInstance } from "../instances/change-instance.ts";
import { connectDraft, createDraft, discardDraft, updateDraft } from "../instances/draft-instance.ts";
import type { InstanceCaller, InstanceServices } from "../instances/instance-services.ts";
import { observeInstance } from "../instances/observe-instance.ts";
import { readConfiguration } from "../instances/read-configuration.ts";
import { listInstances, readInstance } from "../instances/read-instances.ts";
import { setSwitches } from "../instances/set-switches.ts";
import type { PolicyReader } from "../instances/share-policy-readings.ts";
import { mayReadPolicy } from "../schema/observed.ts";

const DONE = { is_done: true } as const;

/** Creates their handlers. */
export function createInstancesRoutes(
  services: InstanceServices & { readonly policyReader: PolicyReader },
): HandlersOf<"instances"> {
  /** What one instance is after a change. */
  const show = (call: InstanceCall) => readInstance(services, callerOf(call), call.parameters.instance_id);
  return {
    "instances.list": async (call) => ({ data: await listInstances(services, callerOf(call)) }),
    "instances.create": async (call) => {
      const caller = callerOf(call);
      return readInstance(services, caller, await createDraft(services, caller, call.body));
    },
    "instances.read": show,
    "instances.updateDraft": async (call) => {
      await updateDraft(services, callerOf(call), call.parameters.instance_id, call.body);
      return show(call);
    },
    "instances.connect": async (call) => {
      await connectDraft(services, callerOf(call), call.parameters.instance_id);
      return show(call);
    },
    "instances.update": async (call) => {
      await updateInstance(services, callerOf(call), call.parameters.instance_id, call.body);
      return show(call);
    },
    "instances.setSwitches": async (call) => {
      await setSwitches(services, callerOf(call), call.parameters.instance_id, call.body);
      return show(call);
    },
    "instances.delete": async (call) => {
      await deleteInstance(services, callerOf(call), call.parameters.instance_id);
      return DONE;
    },
    "instances.discardDraft": async (call) => {
      await discardDraft(services, callerOf(call), call.parameters.instance_id);
      return DONE;
    },
    "instances.observe": async (call) => {
      await observeInstance(services, callerOf(call), call.parameters.instance_id, call.body);
      return show(call);
    },
    "instances.readPolicy": async (call) => {
      const caller = callerOf(call);
      // Who operates it has just changed something there, and wants to see that.
      const isFresh = mayReadPolicy(caller.scopes);
      await services.policyReader.read(caller, call.parameters.instance_id, { isFresh });
      return show(call);
    },
    "instances.configuration": (call) =>
      readConfiguration(services, callerOf(call), call.parameters.instance_id),
  };
}

type AnyCall = Pick<MemberCall<"instances.list">, "actor" | "person" | "membership">;
type InstanceCall = AnyCall & { readonly parameters: { readonly instance_id: string } };

function callerOf({ actor, person, membership }: AnyCall): InstanceCaller {
  return {
    actor,
    personId: person.signedIn.person.id,
    organizationId: membership.organizationId,
    scopes: membership.role.scopes,
  };
}
