// Every fix is executed: the world of a row shows its code, the printed fix is followed, and the same request passes.
// With AGENTOS_FIX_TEXTS_FILE set, what each person reads is added there, one line of JSON for each: fresh readers are
// tested with it.
import { appendFileSync } from "node:fs";
import { ERRORS } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import type { FixRow } from "./fix-row.ts";

/** Nobody can follow a place that was not filled, or an address that is nobody's; `reports:{id}:read` is a scope. */
const UNFILLED = /(?<!:)\{[a-z_]+\}|…|undefined|example\.(?:com|org|net)/;

const textsFile = process.env["AGENTOS_FIX_TEXTS_FILE"];

/** Tests of a part of the table. */
export function followFixes(table: Readonly<Record<string, FixRow | readonly FixRow[]>>): void {
  const rows = Object.entries(table).flatMap(([code, entry]) =>
    [entry]
      .flat()
      .map((row) => [`${code}${row.name === undefined ? "" : `: ${row.name}`}`, code, row] as const),
  );

  describe("following the printed fix", () => {
    test.each(rows)("%s", { timeout: 60_000 }, async (name, code, row) => {
      const wrong = await row.wrong();
      const printed = (await row.observe(wrong)).filter(
        (one) => one.code === code && (row.place === undefined || one.place === row.place),
      );
      const [read] = printed;
      if (read === undefined)
        throw new Error(`nobody reads ${code}: ${JSON.stringify(await row.observe(wrong), null, 1)}`);
      const text = read.text ?? `${ERRORS[code]?.title}\nfix: ${read.fix} [${code}]`;
      if (textsFile !== undefined)
        appendFileSync(textsFile, `${JSON.stringify({ code, row: name, text })}\n`);
      for (const { fix } of printed) expect(fix).not.toMatch(UNFILLED);
      const followed = row.follows.exec(read.fix);
      if (followed === null) throw new Error(`the fix does not say ${row.follows}: ${read.fix}`);
      const mended = await row.apply(wrong, followed.slice(1));
      expect((await row.observe(mended)).map((one) => one.code)).not.toContain(code);
      await row.passes(mended);
    });
  });
}
