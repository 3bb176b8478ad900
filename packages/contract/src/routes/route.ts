/** The shape of a route-table entry. The required access is part of the route: without it the entry does not compile. */
import type { CustomScope, GlobalScope, ScopeResourceName } from "../scopes/scope-catalogue.ts";

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

/** Route families whose scopes can name one item. */
export type RouteResource = Extract<ScopeResourceName, "agents" | "teams" | "workflows">;

/** One route, with who may call it. `Custom` are the scopes of an application's own routes. */
export interface RouteDefinition<Custom extends string = never> {
  /** Exact; a GET route answers HEAD too. */
  readonly method: HttpMethod;
  /** Template; `{name}` is one path segment. */
  readonly path: `/${string}`;
  /** Who may call. */
  readonly access: RouteAccess<Custom>;
  /** The family that the route belongs to; its first path parameter, if any, names the item that scopes are checked on. */
  readonly resource?: RouteResource;
  /** A list that shows a caller with per-resource scopes just those items (contract 2.4). */
  readonly isListing?: boolean;
  /** Works on data that belongs to one user, so that isolation demands a user id (contract 2.7). */
  readonly isOwned?: boolean;
  /** Stays public whatever list of public paths an operator configures. */
  readonly isAlwaysPublic?: boolean;
  /** Group in the API reference. */
  readonly tag: string;
  /** What it does, in a few words, for the API reference. */
  readonly summary: string;
}

/** A route of the embedding application: like ours, with scopes of its own allowed. */
export type CustomRouteDefinition = Omit<RouteDefinition<CustomScope>, "tag" | "summary"> &
  Partial<Pick<RouteDefinition, "tag" | "summary">>;
