import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createChangeStamp } from "./change-stamp.ts";
import { openSqlite } from "./open-sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "agentos-stamp-"));
const file = join(folder, "a.db");
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a stamp stays while a file is only read, and is another one after each change by whatever connection", () => {
  const [own, other] = [openSqlite(file).database, openSqlite(file).database];
  own.exec("create table things (id integer)");
  const stamp = createChangeStamp(own);
  const seen = [stamp()];
  expect(seen[0]).toEqual(expect.any(String));
  own.prepare("select * from things").all();
  other.prepare("select * from things").all();
  expect(stamp()).toBe(seen[0]);
  for (const change of [
    () => own.exec("insert into things values (1)"),
    () => other.exec("insert into things values (2)"),
    () => own.exec("update things set id = 3 where id = 1"),
    () => other.exec("delete from things"),
  ]) {
    change();
    expect(seen).not.toContain(stamp());
    seen.push(stamp());
  }
  own.close();
  other.close();
  expect(stamp()).toBeUndefined();
});
