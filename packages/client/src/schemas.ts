/**
 * Checks of answers by their whole schema, for the option `checkAnswer`. An entry of its own, since it brings the schemas
 * and zod along, which a page may not want to load.
 */
import { ROUTES, type RouteDefinition } from "@agentos/contract";
import { CONTROL_PLANE_ROUTES } from "@agentos/contract/control-plane";

/** Whether an answer is what our AgentOS of this version sends. For the option `checkAnswer`. */
export function checkAgentOSAnswer(id: string, answer: unknown): boolean {
  return isAnswerOf(ROUTES, id, answer);
}

/** Whether an answer is what the control plane of this version sends. For the option `checkAnswer`. */
export function checkControlPlaneAnswer(id: string, answer: unknown): boolean {
  return isAnswerOf(CONTROL_PLANE_ROUTES, id, answer);
}

/** A route that does not say what it answers is not judged. */
function isAnswerOf(routes: Readonly<Record<string, RouteDefinition>>, id: string, answer: unknown): boolean {
  const responses = Object.entries(routes[id]?.responses ?? {});
  const schemas = responses.flatMap(([status, { json }]) => (status < "300" && json ? [json] : []));
  return schemas.length === 0 || schemas.some((schema) => schema.safeParse(answer).success);
}
