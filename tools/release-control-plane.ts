// Writes what `packages/control-plane/src/schema/released` keeps of a release: rows of every table as this version makes
// them, and a session's cookie. Run once for each step of the schema, when it is released, and never again for it:
// node --conditions=@agentos/source tools/release-control-plane.ts 0001-initial
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createControlPlane } from "@agentos/control-plane";
import { printOwnerLink } from "@agentos/control-plane/machine";
import { z } from "zod";

const release = process.argv[2];
if (release === undefined || !/^\d{4}-[a-z-]+$/.test(release))
  throw new Error(
    "name the step: node --conditions=@agentos/source tools/release-control-plane.ts 0001-initial",
  );

const URL_OF_RELEASE = "http://localhost:7778";
/** Of this database alone; the test derives it in the same way. */
const installationKey = createHash("sha256")
  .update("the control plane of the released databases")
  .digest("base64");
/** Beyond any date on which the test runs. */
const FAR = 4_102_444_800;
/** What the database counts by itself. */
const COUNTED = ["link_no", "revocation_no", "audit_no"];
/** Those that others point to come first. */
const FIRST = ["persons", "organizations", "instances"];

const folder = mkdtempSync(join(tmpdir(), "agentos-release-"));
const options = {
  url: URL_OF_RELEASE,
  workingDirectory: folder,
  env: { AGENTOS_CONTROL_PLANE_KEY: installationKey },
};
try {
  const controlPlane = createControlPlane(options);
  await controlPlane.ready();
  const { url } = await printOwnerLink(options);
  let cookie = "";
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await controlPlane.fetch(
      new Request(URL_OF_RELEASE + path, {
        method,
        headers: {
          origin: URL_OF_RELEASE,
          ...(cookie === "" ? {} : { cookie }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { clientAddress: "127.0.0.1" },
    );
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const read = async <Schema extends z.ZodType>(answer: Response, schema: Schema) =>
    schema.parse(await answer.json());
  const redeemed = await call("POST", "/api/links/redeem", {
    secret: url.split("#link=")[1],
    name: "Ada",
    email: "ada@example.com",
    password: "a password of the release",
  });
  cookie = redeemed.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { memberships } = await read(
    redeemed,
    z.object({ memberships: z.array(z.object({ organization: z.object({ id: z.string() }) })) }),
  );
  const organization = `/api/organizations/${memberships[0]?.organization.id}`;
  const id = z.object({ id: z.string() });
  const instance = await read(
    await call("POST", `${organization}/instances`, {
      name: "Production",
      endpoint: "https://agents.example.com",
      environment: "live",
      tags: ["eu"],
      stated_version: "2.9.0",
    }),
    id,
  );
  const at = `${organization}/instances/${instance.id}`;
  await call("PATCH", `${at}/draft`, { os_id: "production" });
  await call("POST", `${at}/connect`);
  await call("PATCH", `${at}/switches`, { authorization: true, security_key: false });
  await call("POST", `${at}/observations`, {
    endpoint: "https://agents.example.com",
    outcome: "answered",
    answers: [{ route: "GET /health", status: 200, body: { status: "ok" } }],
  });
  await call("POST", `${at}/tokens`, { purpose: "curl" });
  const keys = z.object({ data: z.array(z.object({ kid: z.string(), station: z.string() })) });
  const published = await read(await call("POST", `${at}/keys`), keys);
  const kidOf = (station: string) => published.data.find((key) => key.station === station)?.kid;
  await call("POST", `${at}/keys/${kidOf("published")}/sign`, { is_forced: true });
  // Its token is revoked.
  await call("POST", `${at}/keys/${kidOf("signing")}/retire`, { is_forced: true });
  await call("POST", `${at}/tokens`, { purpose: "curl" });
  await call("POST", `${organization}/members`, { name: "Ben", email: "ben@example.com", role: "member" });
  await controlPlane.fetch(
    new Request(`${URL_OF_RELEASE}/api/sign-in`, {
      method: "POST",
      headers: { origin: URL_OF_RELEASE, "content-type": "application/json" },
      body: JSON.stringify({ email: "ada@example.com", password: "a password of the release" }),
    }),
    { clientAddress: "127.0.0.1" },
  );
  await controlPlane.close();
  const target = join(import.meta.dirname, "..", "packages/control-plane/src/schema/released");
  writeFileSync(join(target, `${release}.rows.sql`), dump(join(folder, ".agentos/control-plane.db")));
  writeFileSync(join(target, `${release}.cookie.txt`), `${cookie}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function dump(file: string): string {
  const database = new DatabaseSync(file);
  database.prepare("update agentos_cp_sign_ins set expires_at = ?").run(FAR);
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name like 'agentos_cp_%' order by name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => name !== "agentos_cp_migrations")
    .toSorted((a, b) => rank(a) - rank(b));
  return tables
    .flatMap((table) =>
      database
        .prepare(`select * from ${table}`)
        .all()
        .map((row) => {
          const cells = Object.entries(row).filter(([name]) => !COUNTED.includes(name));
          const names = cells.map(([name]) => name).join(", ");
          return `insert into ${table} (${names})\n  values (${cells.map(([, value]) => write(value)).join(", ")});\n`;
        }),
    )
    .join("");
}

function rank(table: string): number {
  const at = FIRST.indexOf(table.replace("agentos_cp_", ""));
  return at === -1 ? FIRST.length : at;
}

function write(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : "null";
}
