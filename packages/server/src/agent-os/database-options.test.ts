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

  describe("with a second address", () => {
    const url = `postgres://shop:${SECRET}@pooler:6432/shop`;
    const direct = `postgres://shop:${SECRET}@db:5432/shop`;

    it("has that of the option, else that of the environment", () => {
      const of = (option: Parameters<typeof resolveDatabase>[0], directUrl?: string) => {
        const database = resolveDatabase(option, { ...context, databaseUrl: url, directUrl });
        return "code" in database ? database : database.location;
      };
      const location = { kind: "postgres", url, directUrl: direct };
      expect(of({ url, directUrl: direct })).toEqual(location);
      expect(of({ url, directUrl: direct }, "postgres://never")).toEqual(location);
      expect(of({ url }, direct)).toEqual(location);
      expect(of(url, direct)).toEqual(location);
      expect(of(undefined, direct)).toEqual(location);
      expect(of(url)).toEqual({ kind: "postgres", url });
    });

    it("is shown by its first one", () => {
      expect(resolveDatabase({ url, directUrl: direct }, context)).toMatchObject({
        shown: "PostgreSQL pooler:6432/shop",
        at: "database.url",
      });
    });

    it.each(["", "db:5432", `mysql://root:${SECRET}@db/shop`, "sqlite:a.db", "postgres:///shop"])(
      "is refused where that is %j, by the name of who gave it, and with nothing of what was written",
      (wrong) => {
        const problem = "is not the address of a PostgreSQL";
        const byOption = resolveDatabase({ url, directUrl: wrong }, { ...context, directUrl: direct });
        expect(byOption).toMatchObject({ at: "database.directUrl", facts: { problem } });
        const byVariable = resolveDatabase(url, { ...context, directUrl: wrong });
        expect(byVariable).toMatchObject({ at: "DATABASE_DIRECT_URL", facts: { problem } });
        expect(JSON.stringify([byOption, byVariable])).not.toContain(SECRET);
      },
    );

    it("is refused for a file, unless only the environment names one", () => {
      expect(resolveDatabase({ url: "sqlite:a.db", directUrl: direct }, context)).toMatchObject({
        code: "CONFIG_OPTION_INVALID",
        at: "database.directUrl",
      });
      expect(resolveDatabase("sqlite:a.db", { ...context, directUrl: "redis://a" })).toMatchObject({
        location: { kind: "sqlite", file: "/srv/shop/a.db" },
      });
      expect(resolveDatabase(null, { ...context, directUrl: "redis://a" })).toMatchObject({
        location: undefined,
      });
    });
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
