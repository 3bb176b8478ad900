/** What a caller sends to a route and gets from it, as types: derived from its row, so that nobody writes them twice. */
import type { z } from "zod";
import type { RouteDefinition } from "./route.ts";

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** Path parameters by name, as they are: the caller does not encode them. */
export type RouteParameters<Route extends RouteDefinition> = {
  readonly [Name in ParameterNames<Route["path"]>]: string;
};

/** What is read of a number or a choice, and whether it may be left out; `undefined` leaves it out too. */
type Settable<Given, Read> = {
  readonly [Name in keyof Given]: Name extends keyof Read ? Read[Name] | undefined : unknown;
};

/** A part that the route does not have. */
type NoValues = {};

/** What may stand in the query. */
export type RouteQuery<Route extends RouteDefinition> = Route extends {
  readonly query: infer Query extends z.ZodObject;
}
  ? Settable<z.input<Query>, z.output<Query>>
  : NoValues;

/** The JSON that a request carries; never: it carries none. */
export type RouteBody<Route extends RouteDefinition> = Route extends {
  readonly requestBody: { readonly json: infer Body extends z.ZodType };
}
  ? z.input<Body>
  : never;

/** Statuses of an answer that is what was asked for. */
type SuccessStatus = 200 | 201 | 202 | 204;

/** The JSON of a good answer; undefined: it has none. */
export type RouteResult<Route extends RouteDefinition> = Route extends {
  readonly responses: infer Responses;
}
  ? {
      readonly [Status in keyof Responses & SuccessStatus]: Responses[Status] extends {
        readonly json: infer Body extends z.ZodType;
      }
        ? z.output<Body>
        : undefined;
    }[keyof Responses & SuccessStatus]
  : unknown;
