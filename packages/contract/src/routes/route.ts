/** The shape of a route-table entry. The required access is part of the route: without it the entry does not compile. */
import type { z } from "zod";
import type { CustomScope, GlobalScope, PerResourceName } from "../scopes/scope-catalogue.ts";

/** Methods that a route may have. */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call a route: `"public"` (no credential is even read), `"authenticated"` (any verified caller), or the
 * scopes that are all required.
 */
export type RouteAccess<Custom extends string = never> =
  | "public"
  | "authenticated"
  | readonly [GlobalScope | Custom, ...(GlobalScope | Custom)[]];

/** The body of a request, by how it is written. */
export interface RouteRequestBody {
  /** A form, `multipart/form-data` or `application/x-www-form-urlencoded`. */
  readonly form?: z.ZodType;
  /** `application/json`. */
  readonly json?: z.ZodType;
  /** It may be left out. Default false. */
  readonly isOptional?: boolean;
}

/** One answer of a route. */
export interface RouteResponse {
  /** What it is, in a few words. */
  readonly description: string;
  /** Server-sent events, each of this schema: `text/event-stream`. */
  readonly events?: z.ZodType;
  /** `application/json`. */
  readonly json?: z.ZodType;
}

/** One route, with who may call it. `Custom` are the scopes of an application's own routes. */
export interface RouteDefinition<Custom extends string = never> {
  /** Exact; a GET route answers HEAD too. */
  readonly method: HttpMethod;
  /** Template; `{name}` is one path segment. */
  readonly path: `/${string}`;
  /** Who may call. */
  readonly access: RouteAccess<Custom>;
  /**
   * The path parameter that names the item, by the resource of the scope: with `{ agents: "agent_id" }` a required
   * `agents:run` is satisfied by the same scope for that one agent. A resource that is not named is asked for as a whole.
   */
  readonly items?: Readonly<Partial<Record<PerResourceName, string>>>;
  /** Lists this resource: a caller with scopes for single items sees just those (contract 2.4). */
  readonly lists?: PerResourceName;
  /** Works on data that belongs to one user, so that isolation demands a user id (contract 2.7). */
  readonly isOwned?: boolean;
  /** Stays public whatever list of public paths an operator configures. */
  readonly isAlwaysPublic?: boolean;
  /**
   * Public, and shows a verified caller more than a stranger: a credential is read where there is one, and one that is not
   * accepted counts as none.
   */
  readonly isCallerRead?: boolean;
  /** Part of the contract, answered by a later release: until then an authenticated caller gets 404. */
  readonly isPlanned?: boolean;
  /** Group in the API reference. */
  readonly tag: string;
  /** What it does, in a few words, for the API reference. */
  readonly summary: string;
  /** What may stand in the query, by name; undefined: nothing is read there. */
  readonly query?: z.ZodObject;
  /** Headers that are read beside those of every route, by name; undefined: none. */
  readonly headers?: z.ZodObject;
  /** What a request carries; undefined: nothing. */
  readonly requestBody?: RouteRequestBody;
  /** Answers by status; those of the guard (401, 403) are not listed. Undefined: described by the summary alone. */
  readonly responses?: Readonly<Record<number, RouteResponse>>;
}

/** Routes by their stable ids, such as `agents.run`. */
export type RouteTable = Readonly<Record<string, RouteDefinition>>;

/** A route of the embedding application: like ours, with scopes of its own allowed. */
export type CustomRouteDefinition = Pick<
  RouteDefinition<CustomScope>,
  "method" | "path" | "access" | "items" | "lists" | "isOwned"
> &
  Partial<Pick<RouteDefinition, "tag" | "summary">>;
