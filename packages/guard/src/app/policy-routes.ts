/** The policy in force, for whoever operates this server or is told to look after it. */
import type { PageRouteId } from "@agentos/contract";
import type { PolicyInForce } from "../config/describe-policy.ts";
import type { KeyCounter } from "../decisions/key-counter.ts";
import { jsonResponse, notFound } from "./responses.ts";
import type { RouteHandler } from "./route-handler.ts";
import { showPolicy } from "./show-policy.ts";

export interface PolicyRoutesOptions {
  readonly describe: () => PolicyInForce;
  readonly algorithms: () => readonly string[];
  readonly keyCounter: Pick<KeyCounter, "read">;
  /** Whoever comes without a credential is believed: the server asks for none, and answers this machine only. */
  readonly isBelieved: boolean;
}

/** Creates the handler. */
export function createPolicyRoutes({
  describe,
  algorithms,
  keyCounter,
  isBelieved,
}: PolicyRoutesOptions): Record<Extract<PageRouteId, `policy.${string}`>, RouteHandler> {
  return {
    "policy.read": async ({ access }) => {
      // A list of public paths that has this one in it opens it to nobody: a stranger would read how to come in.
      if (access.identity.kind === "anonymous" && !isBelieved) return notFound();
      const keyCounts = await keyCounter.read();
      const body = showPolicy(describe(), { algorithms: algorithms(), keyCounts });
      return jsonResponse(body, { headers: { "cache-control": "no-store" } });
    },
  };
}
