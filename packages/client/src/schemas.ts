/**
 * Checks of answers by their whole schema, for the option `checkAnswer`. An entry of its own, since it brings the schemas
 * and zod along, which a page may not want to load.
 */
import { ROUTES, type RouteDefinition } from "@agentos/contract";
import { CONTROL_PLANE_ROUTES } from "@agentos/contract/control-plane";
import type { CheckAnswer } from "./wire/client-options.ts";

/** Whether an answer is what our AgentOS of this version sends. */
export const checkAgentOSAnswer: CheckAnswer = createCheck(ROUTES);
/** Whether an answer is what the control plane of this version sends. */
export const checkControlPlaneAnswer: CheckAnswer = createCheck(CONTROL_PLANE_ROUTES);

function createCheck(routes: Readonly<Record<string, RouteDefinition>>): CheckAnswer {
  return (id, answer) => {
    const responses = Object.entries(routes[id]?.responses ?? {});
    const schemas = responses.flatMap(([status, { json }]) => (status < "300" && json ? [json] : []));
    return schemas.length === 0 || schemas.some((schema) => schema.safeParse(answer).success);
  };
}
