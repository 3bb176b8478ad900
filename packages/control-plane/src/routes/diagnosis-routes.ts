/** Routes that say why a request was refused, and what has become of revocations. */
import type { HandlersOf } from "../app/handler.ts";
import { type DiagnosisServices, diagnoseReported } from "../diagnose/read-refused.ts";
import { listRevocations, retryRevocations } from "../revocations/list-revocations.ts";
import type { RevocationSender } from "../revocations/send-revocations.ts";

export interface DiagnosisRoutesServices extends DiagnosisServices {
  readonly revocationSender: Pick<RevocationSender, "hint">;
}

/** Creates their handlers. */
export function createDiagnosisRoutes(
  services: DiagnosisRoutesServices,
): HandlersOf<"diagnoses" | "revocations"> {
  const { store, revocationSender, now } = services;
  return {
    "diagnoses.create": ({ parameters, person, membership, body }) =>
      diagnoseReported(services, {
        organizationId: parameters.organization_id,
        instanceId: parameters.instance_id,
        personId: person.signedIn.person.id,
        role: membership.role,
        reported: body,
      }),
    "revocations.list": ({ parameters, query }) =>
      listRevocations(store, { ...query, organizationId: parameters.organization_id, now: now() }),
    async "revocations.retry"({ parameters, actor }) {
      await store.change(actor, (change) => retryRevocations(change, parameters.organization_id));
      // An instance may take long to answer; the list says what has become of each.
      revocationSender.hint();
      return { is_done: true };
    },
  };
}
