// Ids of somebody else, in every place of every route: the answer is that for an id that does not exist.
import {
  CONTROL_PLANE_ROUTES,
  type ControlPlaneRoute,
  type ControlPlaneRouteId,
  type ControlPlaneWriteId,
} from "@agentos/contract/control-plane";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routeOf, sendInVain, toCall, toldBy } from "./support/requests.ts";
import { type Organization, openWorld, type World } from "./support/world.ts";
import { type Prepared, WRITE_ROWS } from "./support/write-rows.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

/** Every name that stands in a path, with what it means in an organization. A new name fails until it has a row. */
const IDS: Readonly<Record<string, (organization: Organization) => readonly string[]>> = {
  organization_id: ({ id }) => [id],
  instance_id: ({ instanceId, draftId }) => [instanceId, draftId],
  person_id: ({ owner, member }) => [owner.id, member.id],
  session_id: ({ owner, member }) => [owner.sessionId, member.sessionId],
  kid: ({ kid }) => [kid],
};
/** No secret and of nobody. */
const ABSENT = "5f0b6a52-3f0c-4a53-9d0e-6d1f6f1b7a11";

/** Bodies of routes that change nothing. */
const READ_BODIES: Partial<Readonly<Record<ControlPlaneRouteId, Prepared["body"]>>> = {
  "diagnoses.create": { request: { method: "GET", path: "/agents" }, answer: { status: 401 } },
};

const places = Object.entries<ControlPlaneRoute>(CONTROL_PLANE_ROUTES)
  .filter(([, { access }]) => access !== "public")
  .flatMap(([id, { path }]) =>
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [id as ControlPlaneRouteId, name] as const),
  );

async function prepare(id: ControlPlaneRouteId): Promise<Prepared> {
  if (Object.hasOwn(WRITE_ROWS, id)) return WRITE_ROWS[id as ControlPlaneWriteId].prepare(world);
  const { acme } = world;
  const body = READ_BODIES[id];
  return {
    parameters: { organization_id: acme.id, instance_id: acme.instanceId },
    ...(body === undefined ? {} : { body }),
  };
}

describe("an id of somebody else", () => {
  it.each(places)("%s: {%s}", async (id, name) => {
    const { plane, acme, other } = world;
    const prepared = await prepare(id);
    const idsOf = IDS[name];
    if (idsOf === undefined) throw new Error(`${name} has no row in IDS`);
    const ask = (value: string) =>
      sendInVain(
        plane,
        toCall(id, world, { ...prepared, parameters: { ...prepared.parameters, [name]: value } }),
      );
    const absent = await ask(ABSENT);
    expect([403, 404]).toContain(absent.status);
    for (const foreign of idsOf(other))
      expect([foreign, toldBy(await ask(foreign))]).toEqual([foreign, toldBy(absent)]);
    // A draft is seen by who has made it, and by nobody else of the organization.
    if (name === "instance_id") expect(toldBy(await ask(acme.draftId))).toEqual(toldBy(absent));
    // Sessions are one's own, whoever is Owner.
    if (name === "session_id") expect(toldBy(await ask(acme.owner.sessionId))).toEqual(toldBy(absent));
  });
});

describe("the lists of an organization", () => {
  const lists = Object.entries<ControlPlaneRoute>(CONTROL_PLANE_ROUTES)
    .filter(([id, { method, path }]) => method === "GET" && path.includes("{organization_id}") && id !== "")
    .map(([id]) => id as ControlPlaneRouteId);

  it.each(lists)("%s tells nothing of another organization", async (id) => {
    const { plane, other, acme } = world;
    const answer = await plane.send(toCall(id, world, await prepare(id)));
    expect(answer.status).toBe(200);
    for (const foreign of [
      other.id,
      other.instanceId,
      other.draftId,
      other.kid,
      other.member.id,
      other.member.email,
      other.administrator.email,
      acme.draftId,
    ])
      expect(answer.text).not.toContain(foreign);
    // Everybody of the same organization is there to be found: the search can find something.
    if (id === "members.list") expect(answer.text).toContain(acme.member.email);
  });

  it("are asked for with every place filled", () => {
    for (const [id] of places) expect(routeOf(id).path).toMatch(/\{\w+\}/);
    expect(places.length).toBeGreaterThan(40);
  });
});
