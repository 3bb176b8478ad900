/** The types of calls, derived from a table of routes: nothing of a route is written twice. */
import type { RouteBody, RouteDefinition, RouteParameters, RouteQuery, RouteResult } from "@agentos/contract";

type Table = Readonly<Record<string, RouteDefinition>>;

/** What the client checks of an answer: what it is at its top. */
export type AnswerShape = "list" | "texts" | "page" | "object" | "nothing";

type ShapeOf<Result> = Result extends undefined
  ? "nothing"
  : Result extends readonly string[]
    ? "texts"
    : Result extends readonly unknown[]
      ? "list"
      : Result extends { readonly data: readonly unknown[] }
        ? "page"
        : "object";

/** What is needed of a route when it is called. */
export type CallRow<Route extends RouteDefinition = RouteDefinition> = readonly [
  method: Route["method"],
  path: Route["path"],
  shape: ShapeOf<RouteResult<Route>>,
];

/** A row for each route of the table: another method, path or shape does not compile, and neither does a missing one. */
export type CallTable<Routes extends Table> = {
  readonly [Id in keyof Routes]: CallRow<Routes[Id]>;
};

/** Nothing has to be given. */
type IsOptional<Value> = Partial<Value> extends Value ? true : false;

type Given<Name extends string, Value> = [Value] extends [never]
  ? { readonly [Key in Name]?: undefined }
  : IsOptional<Value> extends true
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

type HasOptionalBody<Route extends RouteDefinition> = Route extends {
  readonly requestBody: { readonly isOptional: true };
}
  ? true
  : false;

type GivenBody<Route extends RouteDefinition> =
  HasOptionalBody<Route> extends true
    ? { readonly body?: RouteBody<Route> }
    : Given<"body", RouteBody<Route>>;

/** What a call takes; a part that the route does not have cannot be given. */
export type CallInput<Route extends RouteDefinition> = Given<"parameters", RouteParameters<Route>> &
  Given<"query", RouteQuery<Route>> &
  GivenBody<Route>;

/** How a call is made. */
export interface CallOptions {
  /** Ends the request at once. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer, in milliseconds; `Infinity`: as long as it takes. Default: that of the client. */
  readonly timeoutMs?: number | undefined;
}

/** A call without anything that it needs is made without arguments. */
type CallArguments<Input> =
  IsOptional<Input> extends true
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

/** Calls one route. Throws `AgentOSRefusal`, `InvalidInput` or `ConnectionFault`. */
export type CallMethod<Route extends RouteDefinition> = (
  ...args: CallArguments<CallInput<Route>>
) => Promise<RouteResult<Route>>;

/** Calls any route by its id. */
export type Call<Routes extends Table> = <const Id extends keyof Routes & string>(
  id: Id,
  ...args: CallArguments<CallInput<Routes[Id]>>
) => Promise<RouteResult<Routes[Id]>>;

type GroupOf<Id> = Id extends `${infer Group}.${string}` ? Group : never;

/** The same by group: `agents.list` is `client.agents.list`. */
export type CallGroups<Routes extends Table> = {
  readonly [Group in GroupOf<keyof Routes>]: {
    readonly [Id in Extract<keyof Routes, `${Group}.${string}`> as Id extends `${Group}.${infer Action}`
      ? Action
      : never]: CallMethod<Routes[Id]>;
  };
};
