// Everything that came out of a control plane that was used and attacked, searched for everything that must not.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { CONTROL_PLANE_ROUTES, type ControlPlaneRouteId } from "@agentos/contract/control-plane";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/http.ts";
import { findLeaks } from "../support/leaks.ts";
import { routeOf, toCall, WRITE_IDS } from "./support/requests.ts";
import { handedSecrets, openWorld, type World } from "./support/world.ts";
import { WRITE_ROWS } from "./support/write-rows.ts";

let world: World;
/** Tokens that were minted. */
const tokens = new Set<string>();

beforeAll(async () => {
  world = await openWorld();
  const { plane, acme } = world;
  for (const id of WRITE_IDS) {
    const prepared = await WRITE_ROWS[id].prepare(world);
    const call = toCall(id, world, prepared);
    // In vain at first: what is refused says no more than what is done.
    await plane.send({ ...call, cookie: undefined });
    await plane.send({ ...call, cookie: acme.member.cookie });
    await plane.send({ ...call, headers: { origin: "https://evil.example" } });
    await plane.send({ ...call, body: "{" });
    const { text } = await plane.send(call);
    for (const [token] of text.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)) tokens.add(token);
  }
  const parameters = { organization_id: acme.id, instance_id: acme.instanceId, code: "LINK_USED" };
  for (const id of Object.keys(CONTROL_PLANE_ROUTES) as ControlPlaneRouteId[])
    if (routeOf(id).method === "GET") await plane.send(toCall(id, world, { parameters }));
}, 60_000);
afterAll(() => world.plane.close());

/** How a private key begins, whichever way it is written: PEM, base64 of PKCS 8 for RSA, JWK. */
const PRIVATE_KEY = [
  "PRIVATE KEY",
  "PRIVATE+KEY",
  "MIIEv",
  "MIIEpA",
  "MIIJQ",
  '"d":"',
  '\\"d\\":\\"',
  '"dp":"',
  '"qi":"',
];
/** What only the machine's own files and tables hold. */
const INSIDE = [
  "sealed_private",
  "seal_key_id",
  "secret_hash",
  "SQLITE",
  "sqlite:",
  "/tmp/",
  "node_modules",
  ".ts:",
];

const isHanding = ({ text }: Answer) => /#link=|"token":"eyJ/.test(text);

describe("everything that came out", () => {
  it("of answers has no private key, and nothing of the inside", () => {
    const { answers } = world.plane;
    expect(answers.length).toBeGreaterThan(100);
    for (const { text, headers, status } of answers) {
      const all = `${status} ${JSON.stringify(headers)} ${text}`;
      expect([all, findLeaks(all, [...PRIVATE_KEY, ...INSIDE])]).toEqual([all, []]);
    }
  });

  it("of answers has a secret only where it is handed over, once", () => {
    const secrets = [...handedSecrets, ...tokens];
    expect(secrets.length).toBeGreaterThan(30);
    const times = new Map<string, number>();
    for (const answer of world.plane.answers) {
      const leaks = findLeaks(answer.text, secrets);
      expect([leaks, leaks.length === 0 || isHanding(answer)]).toEqual([leaks, true]);
      for (const secret of leaks) times.set(secret, (times.get(secret) ?? 0) + 1);
    }
    expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
  });

  it("of the log has none of them", () => {
    const log = world.plane.logLines.join("\n");
    expect(log).toContain("AUTH_COOKIE_CROSS_SITE");
    expect(findLeaks(log, [...PRIVATE_KEY, ...handedSecrets, ...tokens])).toEqual([]);
  });

  it("of the audit log has none of them, and no hash", () => {
    const { agentos_cp_audit: audit = [], ...tables } = world.plane.readTables();
    const text = JSON.stringify(audit);
    expect(audit.length).toBeGreaterThan(50);
    const hashes = [
      ...JSON.stringify(tables).matchAll(/"(?:secret_hash|password|sealed_private|token)":"([^"]{20,})"/g),
    ];
    expect(hashes.length).toBeGreaterThan(20);
    expect(findLeaks(text, [...PRIVATE_KEY, ...handedSecrets, ...tokens])).toEqual([]);
    expect(
      findLeaks(
        text,
        hashes.map(([, hash = ""]) => hash),
      ),
    ).toEqual([]);
  });

  it("as a backup, and as the files themselves, has none of them: a copy signs nobody in", async () => {
    const { databaseFile } = world.plane;
    const copy = `${databaseFile}.backup`;
    const database = new DatabaseSync(databaseFile, { readOnly: true });
    await backup(database, copy);
    database.close();
    const folder = dirname(databaseFile);
    const files = readdirSync(folder);
    expect(files).toContain("control-plane.db.backup");
    for (const file of files) {
      const bytes = readFileSync(join(folder, file), "latin1");
      expect([file, findLeaks(bytes, [...PRIVATE_KEY, ...handedSecrets, ...tokens])]).toEqual([file, []]);
    }
    // The search finds what is there.
    expect(readFileSync(copy, "latin1")).toContain(world.acme.member.email);
  });
});
