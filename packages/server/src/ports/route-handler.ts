/** What a handler gets: the request, the decoded parameters that were authorised, and who calls. */
import type { Access } from "@agentos/auth";

export interface RequestContext {
  readonly request: Request;
  /** Decoded path parameters: the same values that the guard authorised. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Undefined on a public route, where no credential is read. */
  readonly access: Access | undefined;
}

export type RouteHandler = (context: RequestContext) => Response | Promise<Response>;
