/** How every route of stored things begins and ends: the query is read first, then its database judged (contract 4.0). */
import { fail, type Result } from "@agentos/auth";
import { SERVED_ROUTES, type ServedRouteId } from "@agentos/contract";
import {
  type RequestContext,
  type RequestFault,
  type RouteHandler,
  type Runtime,
  readQuery,
} from "@agentos/guard/app";
import type { z } from "zod";
import { createAnswerFault } from "./answer-fault.ts";
import { type DatabaseChoice, findDatabaseFault, type NamedDatabase } from "./select-database.ts";

/** What a handler gives: the answer, or what is wrong with the request. */
export type Answer = Promise<Result<Response, RequestFault>>;

export interface StoredRoutes {
  /** The query, of a request that means this database. */
  readStoredQuery<Schema extends z.ZodObject & z.ZodType<DatabaseChoice>>(
    context: RequestContext,
    schema: Schema,
  ): Result<z.output<Schema>, RequestFault>;
  handle(id: ServedRouteId, answer: (context: RequestContext) => Answer): RouteHandler;
}

export function createStoredRoutes(runtime: Runtime, database: NamedDatabase): StoredRoutes {
  const answerFault = createAnswerFault(runtime);
  return {
    readStoredQuery({ request }, schema) {
      const query = readQuery(request, schema);
      if (!query.ok) return query;
      const fault = findDatabaseFault(query.value, database);
      return fault === undefined ? query : fail<RequestFault>(fault);
    },
    handle(id, answer) {
      const { method, path } = SERVED_ROUTES[id];
      const route = `${method} ${path}`;
      return async (context) => {
        const answered = await answer(context);
        return answered.ok ? answered.value : answerFault(answered.fault, { access: context.access, route });
      };
    },
  };
}
