import { describe, expect, it } from "vitest";
import { resolveDatabase, resolveRetention } from "./database-options.ts";

const SECRET = "hunter2-hunter2";
const context = { databaseUrl: undefined, id: "shop", workingDirectory: "/srv/shop" };

describe("where data is kept", () => {
  it("is a file of the working directory where nothing is said", () => {
    expect(resolveDatabase(undefined, context)).toEqual({
      location: { kind: "sqlite", file: "/srv/shop/.agentos/agentos.db" },
      shown: "SQLite .agentos/agentos.db",
      deployment: "shop",
      at: "database",
    });
  });

  it("is what the environment says, unless the option says otherwise", () => {
    const databaseUrl = `postgres://shop:${SECRET}@db:5432/shop`;
    expect(resolveDatabase(undefined, { ...context, databaseUrl })).toEqual({
      location: { kind: "postgres", url: databaseUrl },
      shown: "PostgreSQL db:5432/shop",
      deployment: "shop",
      at: "DATABASE_URL",
    });
    expect(resolveDatabase("sqlite:own.db", { ...context, databaseUrl })).toMatchObject({
      location: { kind: "sqlite", file: "/srv/shop/own.db" },
      at: "database",
    });
    expect(resolveDatabase(null, { ...context, databaseUrl })).toMatchObject({ location: undefined });
  });

  it("may belong to another deployment than that of the id", () => {
    expect(resolveDatabase({ url: "sqlite:a.db", deployment: "all" }, context)).toMatchObject({
      deployment: "all",
      at: "database.url",
    });
    expect(resolveDatabase({ url: "sqlite:a.db" }, context)).toMatchObject({ deployment: "shop" });
  });

  it.each([
    ["sqlite:data/a.db", "/srv/shop/data/a.db"],
    ["sqlite:/srv/shop/data/a.db", "/srv/shop/data/a.db"],
    ["sqlite:///var/lib/a.db", "/var/lib/a.db"],
    ["sqlite:../a.db", "/srv/a.db"],
    ["sqlite::memory:", ":memory:"],
  ])("takes %s from the working directory", (text, file) => {
    expect(resolveDatabase(text, context)).toMatchObject({ location: { file } });
  });

  it.each([
    ["", "is empty"],
    ["./data.db", 'begins with neither "sqlite:" nor "postgres://"'],
    [`mysql://root:${SECRET}@db/shop`, 'begins with neither "sqlite:" nor "postgres://"'],
    [`postgres://u:${SECRET}@[bad/shop`, "is no address that can be read"],
    ["postgres:///shop", "names no host"],
    ["sqlite:", "names no file"],
  ])("is refused as %j, with the cause and nothing of what was written", (text, problem) => {
    const fault = resolveDatabase(text, context);
    expect(fault).toMatchObject({ code: "CONFIG_OPTION_INVALID", at: "database", facts: { problem } });
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });

  it("is shown without user and password", () => {
    const show = (text: string | null) => {
      const database = resolveDatabase(text, context);
      if ("code" in database) throw new Error(database.code);
      return database.shown;
    };
    expect(show(`postgres://shop:${SECRET}@db:5432/shop?password=${SECRET}`)).toBe("PostgreSQL db:5432/shop");
    expect(show("sqlite:data/a.db")).toBe("SQLite data/a.db");
    expect(show(null)).toBe("none: in memory, until this process ends");
  });
});

describe("how long data is kept", () => {
  it("is for ever, but for refusals, counts and events", () => {
    expect(resolveRetention()).toEqual({
      sessionsSeconds: undefined,
      memoriesSeconds: undefined,
      denialsSeconds: 30 * 86_400,
      decisionsSeconds: 8 * 86_400,
      eventsSeconds: 3_600,
    });
  });

  it("is what the options say, with fractions", () => {
    expect(
      resolveRetention({
        sessionsDays: 0.5,
        memoriesDays: 1,
        denialsDays: 2,
        decisionsDays: 3,
        eventsHours: 0.5,
      }),
    ).toEqual({
      sessionsSeconds: 43_200,
      memoriesSeconds: 86_400,
      denialsSeconds: 172_800,
      decisionsSeconds: 259_200,
      eventsSeconds: 1_800,
    });
  });
});
