// What a page of another site, or a body with more than it should have, can do: nothing.
import { CONTROL_PLANE_ROUTES, type ControlPlaneRouteId } from "@agentos/contract/control-plane";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, sendInVain, successOf, toCall, WRITE_IDS } from "./support/requests.ts";
import { openWorld, signInAgain, type World } from "./support/world.ts";
import { WRITE_ROWS } from "./support/write-rows.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.plane.close());

/** Names that a body has nowhere, each with a value that would mean something. */
const EXTRA_FIELDS: Readonly<Record<string, string>> = {
  id: '"5f0b6a52-3f0c-4a53-9d0e-6d1f6f1b7a11"',
  organization_id: '"another-organization"',
  person_id: '"somebody"',
  created_by: '"somebody"',
  created_at: "1",
  is_draft: "false",
  version: "7",
  wants_authorization: "1",
  scopes_json: '"[]"',
  email_verified: "true",
  is_admin: "true",
  audience: '"another-os"',
  subject: '"somebody"',
  expires_at: "9999999999",
  __proto__: '{"role":"owner"}',
  constructor: '{"prototype":{"role":"owner"}}',
};
const extraFields = [...Object.entries(EXTRA_FIELDS), ["__proto__", '{"role":"owner"}'] as const];
const withBody = WRITE_IDS.filter((id) => "requestBody" in CONTROL_PLANE_ROUTES[id]);

describe("a body with a field too many", () => {
  it.each(withBody)("%s", async (id) => {
    const prepared = await WRITE_ROWS[id].prepare(world);
    const call = toCall(id, world, prepared);
    const own = JSON.stringify(prepared.body).slice(1, -1);
    for (const [name, value] of extraFields) {
      // As text: an object of ours would lose "__proto__".
      const body = `{${own},${JSON.stringify(name)}:${value}}`;
      const answer = await sendInVain(world.plane, { ...call, body });
      expect([name, answer.status]).toEqual([name, 422]);
    }
    // The same without it passes.
    const answer = await world.plane.send(call);
    expect([answer.text, answer.status]).toEqual([answer.text, successOf(id)]);
  });
});

/** What a browser sends of a request that a page of another site has made. */
const FOREIGN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["another origin", { origin: "https://evil.example" }],
  ["no origin of its own", { origin: "null" }],
  ["an origin that begins like ours", { origin: "http://127.0.0.1:7778.evil.example" }],
  ["another port", { origin: "http://127.0.0.1:7777" }],
  ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["the same site, another origin", { "sec-fetch-site": "same-site", origin: "http://localhost:7777" }],
];

const FORM_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

describe("a request that a page of another site has made", () => {
  it.each(WRITE_IDS)("%s", async (id) => {
    const prepared = await WRITE_ROWS[id].prepare(world);
    const call = toCall(id, world, prepared);
    for (const [name, headers] of FOREIGN) {
      const answer = await sendInVain(world.plane, { ...call, headers });
      expect([name, answer.status, codeOf(answer)]).toEqual([name, 403, "AUTH_COOKIE_CROSS_SITE"]);
    }
    // A form can send these, without asking first.
    for (const type of call.body === undefined ? [] : FORM_TYPES) {
      const answer = await sendInVain(world.plane, { ...call, headers: { "content-type": type } });
      expect([type, answer.status]).toEqual([type, 422]);
    }
    // The same of a page of ours passes.
    const answer = await world.plane.send({
      ...call,
      headers: { origin: world.plane.url, "sec-fetch-site": "same-origin" },
    });
    expect([answer.text, answer.status]).toEqual([answer.text, successOf(id)]);
  });
});

describe("an address of somebody else", () => {
  const EVIL = "evil.example";
  const hostile = `next=https://${EVIL}/&redirect=//${EVIL}&callbackURL=https://${EVIL}&return_to=%2F%2F${EVIL}`;

  it.each(Object.keys(CONTROL_PLANE_ROUTES) as ControlPlaneRouteId[])("%s leads nobody there", async (id) => {
    const { plane, acme } = world;
    const { path, method } = CONTROL_PLANE_ROUTES[id];
    // One of these signs out.
    const { cookie } = await signInAgain(plane, acme.member);
    const filled = path.replace(/\{(\w+)\}/g, () => "%2F%2Fevil.example");
    for (const asked of [`${filled}?${hostile}`, `/${filled}`, `${filled}//${EVIL}`]) {
      const answer = await plane.send({
        method,
        path: asked,
        cookie,
        headers: { referer: `https://${EVIL}/` },
      });
      expect([asked, answer.status >= 300 && answer.status < 400]).toEqual([asked, false]);
      expect([asked, answer.headers.location]).toEqual([asked, undefined]);
      expect(JSON.stringify(answer.headers)).not.toContain(EVIL);
    }
  });

  it("is in no link, whatever the request says that our host is", async () => {
    const { plane, acme } = world;
    const answer = await plane.send({
      method: "POST",
      path: `/api/organizations/${acme.id}/members`,
      cookie: acme.owner.cookie,
      headers: {
        "x-forwarded-host": EVIL,
        "x-forwarded-proto": "https",
        forwarded: `host=${EVIL}`,
        "x-forwarded-for": "192.0.2.9",
      },
      body: { name: "Eve", email: "eve@people.example", role: "member" },
    });
    expect([answer.text, answer.status]).toEqual([answer.text, 201]);
    expect(answer.text).toContain(`"url":"${plane.url}/#link=`);
    expect(answer.text).not.toContain(EVIL);
    // Nobody in front is believed: the audit log has the address of the connection.
    expect(JSON.stringify(plane.readTables())).not.toContain("192.0.2.9");
  });
});
