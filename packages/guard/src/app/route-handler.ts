/** What a handler gets: the request, the decoded parameters that were authorised, and who calls. */
import type { Access, Identity } from "@agentos/auth";

/** One request that the guard has let pass. */
export interface RequestContext {
  /**
   * Its body has not been read. Who sends it was let in when its headers came; a handler of your own that reads it does so
   * unasked, also when the credential has been revoked or the policy replaced before the body is there.
   */
  readonly request: Request;
  /** Decoded path parameters: the same values that the guard authorised. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Who calls, and what they may see; on a public route, where no credential is read, the anonymous caller. */
  readonly access: Access;
  /** On a public route that shows a verified caller more: who that is. Undefined for strangers, and on every other route. */
  readonly caller?: Identity | undefined;
}

/** Answers a request. What it throws becomes a 500 with a request id; the cause goes to the log. */
export type RouteHandler = (context: RequestContext) => Response | Promise<Response>;
