/** What is wrong with a request, as its answer; a limit that it reached is counted in the log too. */
import {
  createLimitLog,
  faultResponse,
  limitResponse,
  type RequestContext,
  type RequestFault,
  type Runtime,
} from "@agentos/guard/app";

/** `route` is `METHOD /template`. */
export type AnswerFault = (
  fault: RequestFault,
  about: { readonly access: Pick<RequestContext["access"], "identity">; readonly route: string },
) => Response;

export function createAnswerFault(runtime: Runtime): AnswerFault {
  const limitLog = createLimitLog(runtime);
  return (fault, { access, route }) => {
    if (!("code" in fault)) return faultResponse(fault);
    limitLog.note(fault, { caller: access.identity.owner, route });
    return limitResponse(fault);
  };
}
