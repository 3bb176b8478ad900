import { describe, expect, it } from "vitest";
import { type NotesTables, openMigrated, TEST_DIALECTS } from "./opened.fixture.ts";
import { prepareQuery } from "./prepare-query.ts";

let built = 0;

const add = prepareQuery<NotesTables, NotesTables["notes"], unknown>((db, { id, text }) =>
  db.insertInto("notes").values({ id, text }),
);
const find = prepareQuery<NotesTables, { readonly id: number; readonly limit: number }, { text: string }>(
  (db, values) => {
    built += 1;
    return db
      .selectFrom("notes")
      .select("text")
      .where("id", ">=", values.id)
      .where("text", "!=", "hidden")
      .orderBy("id")
      .limit(values.limit);
  },
);

describe.each(TEST_DIALECTS)("a prepared query on %s", (dialect) => {
  it("is built once, and gives what its values ask for", async () => {
    const database = await openMigrated(dialect);
    built = 0;
    await database.write(async (transaction) => {
      for (const [id, text] of ["a", "hidden", "$1 ? 'b'"].entries()) await add(transaction, { id, text });
    });
    const textsFrom = async (id: number, limit: number) =>
      (await database.read((db) => find(db, { id, limit }))).map(({ text }) => text);
    expect(await textsFrom(0, 9)).toEqual(["a", "$1 ? 'b'"]);
    expect(await textsFrom(1, 9)).toEqual(["$1 ? 'b'"]);
    expect(await textsFrom(0, 1)).toEqual(["a"]);
    expect(built).toBe(1);
  });
});
