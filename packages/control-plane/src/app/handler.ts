/**
 * Handlers, typed by the route that they answer: body and query are read by its schemas, and the answer is of its shape.
 * What a handler rejects becomes an answer with its code, cause and fix.
 */
import type { Access } from "@agentos/auth";
import {
  type Facts,
  LIMITS,
  type LimitEntry,
  REJECTIONS,
  type RejectionEntry,
  renderText,
} from "@agentos/contract";
import {
  CONTROL_PLANE_ROUTES,
  type ControlPlaneRoute,
  type ControlPlaneRouteId,
  type ControlPlaneRoutes,
} from "@agentos/contract/control-plane";
import {
  faultResponse,
  type GuardOutcome,
  jsonResponse,
  limitResponse,
  type RequestContext,
  type RequestFault,
  type RouteHandler,
  readJsonBody,
  readQuery,
} from "@agentos/guard/app";
import { z } from "zod";
import { type Actor, COMMAND_LINE } from "../store/actor.ts";
import { Rejected } from "../store/rejected.ts";
import {
  actorOf,
  asPerson,
  membershipIn,
  type PersonMembership,
  type SignedInPerson,
} from "./signed-in-person.ts";

type Route<Id extends ControlPlaneRouteId> = ControlPlaneRoutes[Id];
/** What the body says; nothing for a route without one. */
export type BodyOf<Id extends ControlPlaneRouteId> =
  Route<Id> extends { readonly requestBody: { readonly json: infer Schema extends z.ZodType } }
    ? z.output<Schema>
    : undefined;
export type QueryOf<Id extends ControlPlaneRouteId> =
  Route<Id> extends { readonly query: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;
type Answers<Id extends ControlPlaneRouteId> = Route<Id> extends { readonly responses: infer R } ? R : never;
type SuccessOf<R> = R extends { readonly 200: { readonly json: infer Schema extends z.ZodType } }
  ? z.input<Schema>
  : R extends { readonly 201: { readonly json: infer Schema extends z.ZodType } }
    ? z.input<Schema>
    : never;
/** What a route answers when all is well. */
export type AnswerOf<Id extends ControlPlaneRouteId> = SuccessOf<Answers<Id>>;

/** The parameters in the path of a route, by name. */
type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;
export type ParametersOf<Id extends ControlPlaneRouteId> = {
  readonly [Name in ParameterNames<Route<Id>["path"]>]: string;
};

/** One request, as its handler gets it. */
export interface Call<Id extends ControlPlaneRouteId> {
  readonly request: Request;
  readonly parameters: ParametersOf<Id>;
  readonly body: BodyOf<Id>;
  readonly query: QueryOf<Id>;
  /** Who acts, for the audit log. On a public route nobody is named. */
  readonly actor: Actor;
  /** Address of the client; undefined where it is not known. */
  readonly address: string | undefined;
}

/** The same of a route that asks who calls. */
export interface PersonCall<Id extends ControlPlaneRouteId> extends Call<Id> {
  readonly person: SignedInPerson;
}

/** The same of a route below an organization, where the person is a member. */
export interface MemberCall<Id extends ControlPlaneRouteId> extends PersonCall<Id> {
  readonly membership: PersonMembership;
}

type CallOf<Id extends ControlPlaneRouteId> = Route<Id>["access"] extends "public"
  ? Call<Id>
  : Route<Id>["path"] extends `/api/organizations/{organization_id}${string}`
    ? MemberCall<Id>
    : PersonCall<Id>;

/** Answers with headers of its own, such as a cookie. */
export interface WithHeaders<Body> {
  readonly body: Body;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Does what one route is for. Rejects with a `Rejected` for what cannot be done so. */
export type ControlPlaneHandler<Id extends ControlPlaneRouteId> = (
  call: CallOf<Id>,
) => Promise<AnswerOf<Id> | WithHeaders<AnswerOf<Id>> | Response>;

/** A handler for each route of some groups: `Handlers<"members" | "roles">`. */
export type HandlersOf<Group extends string> = {
  readonly [Id in Extract<ControlPlaneRouteId, `${Group}.${string}`>]: ControlPlaneHandler<Id>;
};

export interface HandlerSurroundings {
  /** The operator's own command, for fixes. */
  readonly cliCommand: string;
  /** Address of the client of a request. */
  readonly addressOf: (request: Request) => string | undefined;
  /**
   * Asks once more who calls, and whether they may. A body may take minutes to arrive: whom nobody would let in any more
   * when it is there begins nothing, and a role that was changed meanwhile is the new one.
   */
  readonly checkAgain: (routeId: ControlPlaneRouteId, context: RequestContext) => Promise<GuardOutcome>;
}

/** Makes the handlers of the guard. */
export function createRouteHandlers(
  handlers: { readonly [Id in ControlPlaneRouteId]: ControlPlaneHandler<Id> },
  surroundings: HandlerSurroundings,
): ReadonlyMap<string, RouteHandler> {
  return new Map(
    Object.entries<ControlPlaneRoute>(CONTROL_PLANE_ROUTES).map(([id, route]) => [
      id,
      createRouteHandler(id as ControlPlaneRouteId, handlers[id as ControlPlaneRouteId] as AnyHandler, {
        ...surroundings,
        route,
      }),
    ]),
  );
}

/** The table gives each handler the call of its own route. */
type AnyHandler = (call: unknown) => Promise<unknown>;

function createRouteHandler(
  id: ControlPlaneRouteId,
  handler: AnyHandler,
  { route, cliCommand, addressOf, checkAgain }: HandlerSurroundings & { readonly route: ControlPlaneRoute },
): RouteHandler {
  const success = route.responses?.[201] === undefined ? 200 : 201;
  return async (context) => {
    const { request } = context;
    try {
      const body = await readBody(route, request);
      if (!body.ok) return answerFault(body.fault);
      const query = route.query === undefined ? undefined : readQuery(request, route.query);
      if (query?.ok === false) return answerFault(query.fault);
      const outcome = route.requestBody === undefined ? undefined : await checkAgain(id, context);
      if (outcome?.isAllowed === false) return new Response(outcome.answer.body, outcome.answer);
      const answer = await handler({
        ...describeCaller(outcome?.access ?? context.access, context, addressOf(request)),
        request,
        parameters: context.parameters,
        body: body.value,
        query: query?.ok === true ? query.value : undefined,
      });
      return toResponse(answer, success);
    } catch (cause) {
      if (cause instanceof Rejected) return answerRejected(cause, cliCommand);
      throw cause;
    }
  };
}

const NOTHING = Object.freeze({ ok: true, value: undefined });

async function readBody(route: ControlPlaneRoute, request: Request) {
  const { json, isOptional = false } = route.requestBody ?? {};
  return json instanceof z.ZodObject
    ? readJsonBody(request, json, { maxBytes: MAX_BODY_BYTES, isOptional })
    : NOTHING;
}

/** What a probe reports is the most that anybody sends. */
const MAX_BODY_BYTES = 128 * 1024;

function describeCaller(access: Access, { parameters }: RequestContext, address: string | undefined) {
  const person = asPerson(access.identity);
  if (person === undefined) return { actor: { ...COMMAND_LINE, kind: "system", address }, address };
  const organizationId = parameters["organization_id"];
  const membership = organizationId === undefined ? undefined : membershipIn(person, organizationId);
  return { person, membership, actor: actorOf(person, membership), address };
}

function answerFault(fault: RequestFault): Response {
  return "code" in fault ? limitResponse(fault) : faultResponse(fault);
}

function toResponse(answer: unknown, status: number): Response {
  if (answer instanceof Response) return answer;
  const hasHeaders = typeof answer === "object" && answer !== null && "headers" in answer && "body" in answer;
  const response = jsonResponse(hasHeaders ? answer.body : answer, { status, headers: NO_STORE });
  if (hasHeaders)
    for (const [name, value] of (answer as WithHeaders<unknown>).headers)
      response.headers.append(name, value);
  return response;
}

const NO_STORE = { "cache-control": "no-store" };

/** The answer of what cannot be done so. */
export function answerRejected({ code, facts }: Rejected, cli: string): Response {
  const entry: RejectionEntry | LimitEntry = { ...REJECTIONS, ...LIMITS }[code];
  const all: Facts = { ...facts, cli };
  const retry = entry.kind === "limit" ? entry.retryAfterSeconds : undefined;
  const body = {
    type: `/errors/${code}`,
    title: renderText(entry.title, all),
    status: entry.status,
    detail: renderText(entry.detail, all),
    code,
    fix: renderText(entry.fix, all),
  };
  return jsonResponse(body, {
    status: entry.status,
    headers: { ...NO_STORE, ...(retry === undefined ? {} : { "retry-after": String(retry) }) },
  });
}
