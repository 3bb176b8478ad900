// Every fix is executed: the world of a row shows its code, the printed fix is followed, and the same request passes.
// With AGENTOS_FIX_TEXTS_FILE set, what each person reads is written there: fresh readers are tested with it.
import { writeFileSync } from "node:fs";
import { ERRORS, type ErrorCode } from "@agentos/contract";
import { afterAll, describe, expect, test } from "vitest";
import { authFixes } from "./auth-fixes.cases.ts";
import { causeFixes } from "./cause-fixes.cases.ts";
import { configFixes } from "./config-fixes.cases.ts";
import { credentialFixes } from "./credential-fixes.cases.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import { keyFixes } from "./key-fixes.cases.ts";
import { limitFixes } from "./limit-fixes.cases.ts";
import { originFixes } from "./origin-fixes.cases.ts";
import { scopeFixes } from "./scope-fixes.cases.ts";
import { storeFixes } from "./store-fixes.cases.ts";

/** A code of the catalogue without a row does not compile. */
const TABLE: Readonly<Record<string, FixRow | readonly FixRow[]>> = {
  ...authFixes,
  ...causeFixes,
  ...configFixes,
  ...credentialFixes,
  ...keyFixes,
  ...limitFixes,
  ...originFixes,
  ...scopeFixes,
  ...storeFixes,
} satisfies FixRows<ErrorCode>;

/** Nobody can follow a place that was not filled, or an address that is nobody's; `reports:{id}:read` is a scope. */
const UNFILLED = /(?<!:)\{[a-z_]+\}|…|undefined|example\.(?:com|org|net)/;

const rows = Object.entries(TABLE).flatMap(([code, entry]) =>
  [entry]
    .flat()
    .map((row) => [`${code}${row.name === undefined ? "" : `: ${row.name}`}`, code, row] as const),
);

const textsFile = process.env["AGENTOS_FIX_TEXTS_FILE"];
const texts: { code: string; row: string; text: string }[] = [];
afterAll(() => {
  if (textsFile !== undefined) writeFileSync(textsFile, JSON.stringify(texts, null, 1));
});

describe("following the printed fix", () => {
  test.each(rows)("%s", { timeout: 60_000 }, async (name, code, row) => {
    const wrong = await row.wrong();
    const printed = (await row.observe(wrong)).filter(
      (one) => one.code === code && (row.place === undefined || one.place === row.place),
    );
    const [read] = printed;
    if (read === undefined)
      throw new Error(`nobody reads ${code}: ${JSON.stringify(await row.observe(wrong), null, 1)}`);
    texts.push({ code, row: name, text: read.text ?? `${ERRORS[code]?.title}\nfix: ${read.fix} [${code}]` });
    for (const { fix } of printed) expect(fix).not.toMatch(UNFILLED);
    const followed = row.follows.exec(read.fix);
    if (followed === null) throw new Error(`the fix does not say ${row.follows}: ${read.fix}`);
    const mended = await row.apply(wrong, followed.slice(1));
    expect((await row.observe(mended)).map((one) => one.code)).not.toContain(code);
    await row.passes(mended);
  });

  test("the codes of the table are those of the catalogue", () => {
    for (const code of Object.keys(TABLE)) expect(ERRORS).toHaveProperty(code);
  });
});
