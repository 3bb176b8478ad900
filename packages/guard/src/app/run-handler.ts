/** Calls a route's handler. Whatever it throws or gives by mistake becomes an error that the application answers. */
import type { RequestContext, RouteHandler } from "./route-handler.ts";

/** The handler's response, at once where the handler has it at once. Throws and rejects with errors only. */
export function runHandler(handler: RouteHandler, context: RequestContext): Response | Promise<Response> {
  let answer: unknown;
  try {
    answer = handler(context);
  } catch (cause) {
    throw toError(cause);
  }
  return answer instanceof Response ? answer : settle(answer);
}

async function settle(pending: unknown): Promise<Response> {
  let answer: unknown;
  try {
    answer = await pending;
  } catch (cause) {
    throw toError(cause);
  }
  if (answer instanceof Response) return answer;
  throw new Error("a handler returned no response");
}

/** The router hands errors to the application; anything else that is thrown would end the process' request unanswered. */
function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error("a handler threw something that is no error", { cause });
}
