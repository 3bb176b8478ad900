/**
 * Every cause of issue 3, section 1, brought about for real, and read where the person entitled to it reads it. With
 * AGENTOS_CAUSES_FILE set, the texts are written there: they are what a fresh reader is tested with.
 */
import { writeFileSync } from "node:fs";
import { ERRORS } from "@agentos/contract";
import { afterAll, describe, expect, it } from "vitest";
import { serverCauses } from "./server-causes.suite.ts";
import { tokenCauses } from "./token-causes.suite.ts";

const file = process.env["AGENTOS_CAUSES_FILE"];
const texts: { cause: string; code: string; text: string }[] = [];
afterAll(() => {
  if (file !== undefined) writeFileSync(file, JSON.stringify(texts, null, 2));
});

describe("what the person entitled to it reads", () => {
  it.each([...tokenCauses, ...serverCauses].map((row) => [row.cause, row] as const))(
    "names cause and fix: %s",
    { timeout: 20_000 },
    async (cause, { read, code, says, fix }) => {
      const text = await read();
      texts.push({ cause, code, text });
      expect(ERRORS).toHaveProperty(code);
      expect(text).toContain(code);
      expect(text.replaceAll(/\n\s+/g, " ")).toMatch(says);
      expect(text.replaceAll(/\n\s+/g, " ")).toMatch(fix);
    },
  );
});
