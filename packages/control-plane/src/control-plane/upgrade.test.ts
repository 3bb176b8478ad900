/** A database that a released version wrote is opened by this one: people sign in as before, and nothing of it is lost. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signingKeyListSchema } from "@agentos/contract/control-plane";
import { DIALECTS, type DialectName, hashMigration, openDatabase } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";
import { createTestLocation, TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { createControlPlane } from "./create-control-plane.ts";

const ORIGIN = "http://localhost:7778";
/** As `tools/release-control-plane.ts` makes it: of the released databases alone. */
const installationKey = createHash("sha256")
  .update("the control plane of the released databases")
  .digest("base64");

const pathOf = (release: string, part: string) =>
  join(import.meta.dirname, "../schema/released", `${release}.${part}`);

/** The statements of a release, with the table that says which steps a database has. */
function renderSchema(release: string, dialectName: DialectName): string {
  const dialect = DIALECTS[dialectName];
  const { text, seconds } = dialect.types;
  return [
    `create table ${MIGRATIONS_TABLE} (name ${text} primary key, hash ${text} not null, applied_at ${seconds} not null)`,
    ...MIGRATIONS.filter(({ name }) => name <= release).flatMap((step) => [
      ...step.up(dialect.types),
      `insert into ${MIGRATIONS_TABLE} (name, hash, applied_at) values ('${step.name}', '${hashMigration(step, dialect)}', 1764300000)`,
    ]),
  ]
    .map((statement) => `${statement};\n`)
    .join("");
}

/** A control plane of this version over a database as the release left it. */
async function openReleased(release: string, dialect: DialectName) {
  const { location, remove } = await createTestLocation(dialect);
  const folder = mkdtempSync(join(tmpdir(), "agentos-upgrade-"));
  const database = openDatabase<Tables>({ location, migrations: [] });
  for (const file of [pathOf(release, `${dialect}.sql`), pathOf(release, "rows.sql")])
    for (const statement of readFileSync(file, "utf8").split(";\n").slice(0, -1))
      await database.read((db) => sql.raw(statement).execute(db));
  await database.close();
  const controlPlane = createControlPlane({
    url: ORIGIN,
    database: location.kind === "sqlite" ? `sqlite:${location.file}` : location.url,
    env: { AGENTOS_CONTROL_PLANE_KEY: installationKey },
    workingDirectory: folder,
    // What was released stays as old as it is.
    retention: { auditDays: 36_500 },
    logger: createTestLogger(),
  });
  onTestFinished(async () => {
    await controlPlane.close();
    await remove();
    rmSync(folder, { recursive: true });
  });
  return async (method: string, path: string, { cookie, body }: { cookie?: string; body?: unknown } = {}) =>
    controlPlane.fetch(
      new Request(ORIGIN + path, {
        method,
        headers: {
          origin: ORIGIN,
          ...(cookie === undefined ? {} : { cookie }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { clientAddress: "127.0.0.1" },
    );
}

const signedInSchema = z.object({
  person: z.object({ email: z.string() }),
  memberships: z.array(z.object({ organization: z.object({ id: z.string() }), role: z.string() })),
});
const listSchema = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

// Every release that changed the tables. Its files are never changed again.
describe.each(["0001-initial", "0002-installation"])("a database of the release with %s", (release) => {
  describe.each(TEST_DIALECTS)("on %s", (dialect) => {
    it("has the tables that were released, to the letter", async () => {
      await expect(renderSchema(release, dialect)).toMatchFileSnapshot(pathOf(release, `${dialect}.sql`));
    });

    it("has a row of each of its tables", () => {
      const created = readFileSync(pathOf(release, `${dialect}.sql`), "utf8").matchAll(/create table (\w+)/g);
      const rows = readFileSync(pathOf(release, "rows.sql"), "utf8");
      // Of verifications there are none: no mail is sent.
      const rowless = new Set([MIGRATIONS_TABLE, "agentos_cp_verifications"]);
      const tables = [...created].flatMap(([, name = ""]) => (rowless.has(name) ? [] : [name]));
      expect(tables.filter((name) => !rows.includes(`insert into ${name} `))).toEqual([]);
    });

    it("signs its people in: by password, and by the cookie of a session that was open", async () => {
      const call = await openReleased(release, dialect);
      const credentials = { email: "ada@example.com", password: "a password of the release" };
      const answer = await call("POST", "/api/sign-in", { body: credentials });
      expect(answer.status).toBe(200);
      expect(signedInSchema.parse(await answer.json())).toMatchObject({ memberships: [{ role: "owner" }] });
      const cookie = readFileSync(pathOf(release, "cookie.txt"), "utf8").trim();
      expect((await call("GET", "/api/session", { cookie })).status).toBe(200);
    });

    it("has its instances, keys, members and changes, and mints with the key that it held", async () => {
      const call = await openReleased(release, dialect);
      const cookie = readFileSync(pathOf(release, "cookie.txt"), "utf8").trim();
      const { memberships } = signedInSchema.parse(
        await (await call("GET", "/api/session", { cookie })).json(),
      );
      const organization = `/api/organizations/${memberships[0]?.organization.id}`;
      const list = async (part: string) =>
        listSchema.parse(await (await call("GET", `${organization}/${part}`, { cookie })).json()).data;
      expect(await list("members")).toMatchObject([
        { email: "ada@example.com" },
        { email: "ben@example.com" },
      ]);
      expect((await list("audit")).length).toBeGreaterThan(5);
      const audit = await call("GET", `${organization}/audit`, { cookie });
      expect(await audit.json()).toMatchObject({ kept_days: 36_500 });
      expect(await list("revocations")).toMatchObject([{ kind: "key" }]);
      const [instance] = await list("instances");
      expect(instance).toMatchObject({ name: "Production", os_id: "production", tags: ["eu"] });
      const at = `${organization}/instances/${String(instance?.["id"])}`;
      const keys = signingKeyListSchema.parse(await (await call("GET", `${at}/keys`, { cookie })).json());
      const minted = await call("POST", `${at}/tokens`, { cookie, body: { purpose: "curl" } });
      expect(minted.status).toBe(201);
      const { token, kid } = z.object({ token: z.string(), kid: z.string() }).parse(await minted.json());
      const pem = keys.data.find((key) => key.kid === kid)?.public_pem ?? "";
      const [header = "", payload = "", signature = ""] = token.split(".");
      const isGenuine = verify(
        "sha256",
        Buffer.from(`${header}.${payload}`),
        createPublicKey(pem),
        Buffer.from(signature, "base64url"),
      );
      expect(isGenuine).toBe(true);
    });
  });
});
