/** Ways in and the first start, on a file of SQLite and on PostgreSQL. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { explainRejection } from "./explain-rejection.ts";
import {
  type LocalStart,
  prepareLocalStart,
  printOwnerLink,
  printResetLink,
  resealInstallation,
} from "./machine-commands.ts";
import { type MachineOptions, withMachine } from "./machine-store.ts";

const URL_HERE = "http://localhost:7778";
const START: LocalStart = {
  organizationName: "Local organization",
  instance: { id: "demo", name: "Demo", endpoint: "http://localhost:7777", osId: "demo" },
};

async function place(dialect: "sqlite" | "postgres"): Promise<MachineOptions> {
  const workingDirectory = mkdtempSync(join(tmpdir(), "agentos-machine-"));
  onTestFinished(() => rmSync(workingDirectory, { recursive: true, force: true }));
  const options = { url: URL_HERE, env: {}, cliCommand: "agentos", workingDirectory };
  if (dialect === "sqlite") return options;
  const postgres = await createTestPostgres();
  onTestFinished(() => postgres.drop());
  return { ...options, database: postgres.url };
}

const readAll = (options: MachineOptions) =>
  withMachine(options, ({ store }) =>
    store.read(async (db) => ({
      instances: await db.selectFrom("agentos_cp_instances").selectAll().execute(),
      keys: await db.selectFrom("agentos_cp_keys").select(["kid", "station", "seal_key_id"]).execute(),
      members: await db.selectFrom("agentos_cp_members").select("role").execute(),
      actions: (await db.selectFrom("agentos_cp_audit").select("action").orderBy("audit_no").execute()).map(
        ({ action }) => action,
      ),
    })),
  );

describe.each(["sqlite", "postgres"] as const)("on %s", (dialect) => {
  it("the first start makes an owner, an organization, and an instance with a key; the next one finds them", async () => {
    const options = await place(dialect);
    const first = await prepareLocalStart(options, START);
    expect(first).toMatchObject({
      issuer: `${URL_HERE}/instances/demo`,
      authorization: true,
      securityKey: false,
    });
    expect(first.link.url).toMatch(/^http:\/\/localhost:7778\/#link=[\w-]{43}$/);
    const before = await readAll(options);
    expect(before).toMatchObject({
      instances: [{ endpoint: "http://localhost:7777", os_id: "demo", environment: "local", is_draft: 0 }],
      keys: [{ station: "signing" }],
      members: [{ role: "owner" }],
    });
    const second = await prepareLocalStart(options, START);
    expect(second.link.url).not.toBe(first.link.url);
    const after = await readAll(options);
    expect(after).toMatchObject({ instances: before.instances, keys: before.keys, members: before.members });
    expect(after.actions.filter((action) => action === "instance.connected")).toHaveLength(1);
  });

  it("the instance is found again at another port, with its keys and its switches", async () => {
    const options = await place(dialect);
    await prepareLocalStart(options, START);
    const { keys } = await readAll(options);
    await withMachine(options, ({ store }) =>
      store.note((db) => db.updateTable("agentos_cp_instances").set({ wants_security_key: 1 }).execute()),
    );
    const moved = { ...START, instance: { ...START.instance, endpoint: "http://localhost:8888" } };
    expect(await prepareLocalStart(options, moved)).toMatchObject({ authorization: true, securityKey: true });
    const after = await readAll(options);
    expect(after).toMatchObject({ instances: [{ endpoint: "http://localhost:8888" }], keys });
    expect(after.actions).toContain("instance.changed");
  });

  it("the instance that was sent to another host comes back, with another issuer and other keys", async () => {
    const options = await place(dialect);
    await prepareLocalStart(options, START);
    const before = await readAll(options);
    await withMachine(options, ({ store }) =>
      store.note((db) =>
        db
          .updateTable("agentos_cp_instances")
          .set({ endpoint: "https://evil.example", os_id: null })
          .execute(),
      ),
    );
    const start = await prepareLocalStart(options, START);
    expect(start.issuer).not.toBe(`${URL_HERE}/instances/demo`);
    const after = await readAll(options);
    expect(after.instances).toMatchObject([{ endpoint: "http://localhost:7777", os_id: "demo" }]);
    const signing = after.keys.filter(({ station }) => station === "signing");
    expect(signing).toHaveLength(1);
    expect(signing).not.toEqual(before.keys);
  });

  it("who has connected its next address decides nothing about the start", async () => {
    const options = await place(dialect);
    await prepareLocalStart(options, START);
    await withMachine(options, ({ store }) =>
      store.note(async (db) => {
        const [own] = await db.selectFrom("agentos_cp_instances").selectAll().execute();
        if (own === undefined) throw new Error("the start has made one");
        const planted = { endpoint: "http://localhost:8888", created_by: "a-member", wants_authorization: 0 };
        await db
          .insertInto("agentos_cp_instances")
          .values({ ...own, ...planted, instance_id: "planted", issuer_id: "planted", created_at: 1 })
          .execute();
      }),
    );
    const moved = { ...START, instance: { ...START.instance, endpoint: "http://localhost:8888" } };
    expect(await prepareLocalStart(options, moved)).toMatchObject({
      issuer: `${URL_HERE}/instances/demo`,
      authorization: true,
    });
    const { instances, actions } = await readAll(options);
    const find = (id: string) => instances.find((row) => row.instance_id === id);
    expect(find("demo")).toMatchObject({ endpoint: "http://localhost:8888", is_draft: 0 });
    expect(find("planted")).toMatchObject({ is_draft: 1, created_by: find("demo")?.created_by });
    expect(actions).toContain("instance.displaced");
    // The same where the instance of the machine was deleted.
    await withMachine(options, ({ store }) =>
      store.note(async (db) => {
        await db.deleteFrom("agentos_cp_instances").where("instance_id", "=", "demo").execute();
        await db.updateTable("agentos_cp_instances").set({ is_draft: 0 }).execute();
      }),
    );
    expect(await prepareLocalStart(options, moved)).toMatchObject({ authorization: true });
  });

  it("whoever keeps the machine makes the first Owner, and later comes in as that Owner", async () => {
    const options = await place(dialect);
    expect((await printOwnerLink(options)).email).toBeUndefined();
    await prepareLocalStart(options, START);
    expect((await printOwnerLink(options)).email).toBe("owner@agentos.localhost");
    expect((await printResetLink(options, " Owner@AgentOS.localhost ")).url).toMatch(/#link=[\w-]{43}$/);
  });

  it("who is nobody gets no link, and the catalogue's words", async () => {
    const options = await place(dialect);
    const error: unknown = await printResetLink(options, "nobody@example.com").catch(
      (reason: unknown) => reason,
    );
    expect(explainRejection(error, "agentos")).toMatchObject({ code: "PERSON_UNKNOWN" });
    expect(explainRejection(new Error("another"), "agentos")).toBeUndefined();
  });

  it("keys are sealed anew with another secret", async () => {
    const options = await place(dialect);
    const [older, newer] = [1, 2].map(() => randomBytes(32).toString("base64"));
    const withSecret = (secret: string) => ({ ...options, env: { AGENTOS_CONTROL_PLANE_KEY: secret } });
    await prepareLocalStart(withSecret(`${older}`), START);
    const before = await readAll(options);
    const both = withSecret(`${newer},${older}`);
    expect(await resealInstallation(both, () => undefined)).toEqual({
      resealed: 1,
      unopened: 0,
      isHandedOver: true,
    });
    const after = await readAll(options);
    expect(after.keys[0]?.kid).toBe(before.keys[0]?.kid);
    expect(after.keys[0]?.seal_key_id).not.toBe(before.keys[0]?.seal_key_id);
    expect(await resealInstallation(withSecret(`${newer}`), () => undefined)).toEqual({
      resealed: 0,
      unopened: 0,
      isHandedOver: false,
    });
    await expect(prepareLocalStart(withSecret(`${older}`), START)).rejects.toThrow(
      "CONFIG_SEALING_KEY_WRONG",
    );
  });

  it("a database in which nothing is sealed is taken by another secret: the one before may be lost", async () => {
    const options = await place(dialect);
    const [lost, newer] = [1, 2].map(() => randomBytes(32).toString("base64"));
    const withSecret = (secret: string) => ({ ...options, env: { AGENTOS_CONTROL_PLANE_KEY: secret } });
    const open = (secret: string) => withMachine(withSecret(secret), ({ openKeys }) => openKeys());
    await open(`${lost}`);
    await expect(open(`${newer}`)).rejects.toThrow("CONFIG_SEALING_KEY_WRONG");
    expect(await resealInstallation(withSecret(`${newer}`), () => undefined)).toEqual({
      resealed: 0,
      unopened: 0,
      isHandedOver: true,
    });
    await open(`${newer}`);
    await expect(open(`${lost}`)).rejects.toThrow("CONFIG_SEALING_KEY_WRONG");
    expect((await readAll(options)).actions).toEqual(["keys.resealed"]);
  });
});

it("what lies in the folder is its owner's alone", async () => {
  const options = await place("sqlite");
  await prepareLocalStart(options, START);
  const folder = join(options.workingDirectory ?? "", ".agentos");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toContain("control-plane.key");
  for (const name of readdirSync(folder))
    expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
});

it("faults of the options are told all at once", async () => {
  const options = { ...(await place("sqlite")), url: "http://console.example", database: "mysql://x" };
  await expect(printOwnerLink(options)).rejects.toMatchObject({
    name: "ConfigurationError",
    faults: [{ at: "url" }, { at: "database" }],
  });
});
