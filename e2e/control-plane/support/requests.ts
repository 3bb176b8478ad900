/** Requests of the rows, and what each changes. */
import {
  CONTROL_PLANE_ROUTES,
  type ControlPlaneRoute,
  type ControlPlaneRouteId,
  type ControlPlaneWriteId,
} from "@agentos/contract/control-plane";
import { expect } from "vitest";
import type { Answer } from "../../support/http.ts";
import type { Plane, PlaneCall } from "./plane.ts";
import type { Person, World } from "./world.ts";
import { type Prepared, WRITE_ROWS } from "./write-rows.ts";

export const WRITE_IDS = Object.keys(WRITE_ROWS) as readonly ControlPlaneWriteId[];

export const routeOf = (id: ControlPlaneRouteId): ControlPlaneRoute => CONTROL_PLANE_ROUTES[id];

/** Of a route that needs a session, whose it is. */
function callerOf(id: ControlPlaneRouteId, { acme }: World, prepared: Prepared): Person | undefined {
  return routeOf(id).access === "public" ? undefined : (prepared.by ?? acme.owner);
}

/** The request as the row has prepared it, with some of it replaced. */
export function toCall(id: ControlPlaneRouteId, world: World, prepared: Prepared): PlaneCall {
  const { method, path } = routeOf(id);
  return {
    method,
    path: fillPath(path, prepared.parameters ?? {}),
    cookie: callerOf(id, world, prepared)?.cookie,
    ...(prepared.body === undefined ? {} : { body: prepared.body }),
  };
}

export function fillPath(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`${template} has no ${name}`);
    return encodeURIComponent(value);
  });
}

/** The status that the route promises where all is well. */
export function successOf(id: ControlPlaneWriteId): number {
  return WRITE_ROWS[id].status ?? (routeOf(id).responses?.[201] === undefined ? 200 : 201);
}

/** Sends it, and nothing is changed by that. */
export async function sendInVain(plane: Plane, call: PlaneCall): Promise<Answer> {
  const before = plane.readTables();
  const answer = await plane.send(call);
  expect(plane.readTables()).toEqual(before);
  return answer;
}

/** Code of a refusal. */
export function codeOf({ text }: Answer): string | undefined {
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : undefined;
}

/** What is told, without what is another for each answer. */
export function toldBy({ status, text }: Answer): unknown {
  return [status, text.replace(/"denial_id":"[^"]*"/, "")];
}
