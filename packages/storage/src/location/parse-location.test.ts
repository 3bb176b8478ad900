import { expect, it } from "vitest";
import { parseLocation, showLocation } from "./parse-location.ts";

it.each<[string, ReturnType<typeof parseLocation>]>([
  ["sqlite:data.db", { kind: "sqlite", file: "data.db" }],
  ["sqlite://data.db", { kind: "sqlite", file: "data.db" }],
  ["sqlite:///var/data.db", { kind: "sqlite", file: "/var/data.db" }],
  ["SQLITE:./data.db ", { kind: "sqlite", file: "./data.db" }],
  ["sqlite::memory:", { kind: "sqlite", file: ":memory:" }],
  ["file:data.db", "unknown-scheme"],
  ["postgres://u:p@h:1/d", { kind: "postgres", url: "postgres://u:p@h:1/d" }],
  ["postgresql://h/d?sslmode=require", { kind: "postgres", url: "postgresql://h/d?sslmode=require" }],
  ["postgres:///d?host=/run/postgresql", { kind: "postgres", url: "postgres:///d?host=/run/postgresql" }],
  ["", "empty"],
  ["  ", "empty"],
  ["sqlite:", "no-file"],
  ["sqlite://", "no-file"],
  ["data.db", "unknown-scheme"],
  ["mysql://h/d", "unknown-scheme"],
  ["postgres:///d", "no-host"],
  ["postgres://h:99999/d", "no-url"],
])("reads %j", (text, expected) => {
  expect(parseLocation(text)).toEqual(expected);
});

it("shows neither user nor password nor query", () => {
  expect(
    showLocation({ kind: "postgres", url: "postgres://me:secret@db.example:5433/os?password=too" }),
  ).toBe("PostgreSQL db.example:5433/os");
  expect(showLocation({ kind: "sqlite", file: ".agentos/agentos.db" })).toBe("SQLite .agentos/agentos.db");
  expect(showLocation({ kind: "sqlite", file: ":memory:" })).toBe("SQLite in memory");
});
