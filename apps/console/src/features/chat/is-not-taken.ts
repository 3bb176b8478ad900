/** Whether a request that failed has done nothing for sure, so that it may be sent anew. Pure. */
import { AgentOSRefusal, ConnectionFault, InvalidInput } from "@agentos/client";

/** A server that breaks, and a proxy that gives up waiting for one, say nothing about what was done before. */
export function isNotTaken(error: unknown): boolean {
  if (error instanceof AgentOSRefusal) return error.status < 500 || error.denialId !== undefined;
  if (error instanceof ConnectionFault) return error.reason === "no-token";
  return error instanceof InvalidInput;
}
