/**
 * Every cause of issue 3, section 1, brought about for real, and read where the person entitled to it reads it. With
 * AGENTOS_CAUSES_FILE set, the texts are written there: they are what a fresh reader is tested with.
 */
import { writeFileSync } from "node:fs";
import { ERRORS } from "@agentos/contract";
import { afterAll, describe, expect, it } from "vitest";
import { serverCauses } from "./server-causes.cases.ts";
import { tokenCauses } from "./token-causes.cases.ts";

const file = process.env["AGENTOS_CAUSES_FILE"];
const texts: { cause: string; code: string; text: string }[] = [];
afterAll(() => {
  if (file !== undefined) writeFileSync(file, JSON.stringify(texts, null, 2));
});

/** The text in two: what it says of causes, and of fixes. A log says both in each line. */
function readParts(text: string): { readonly says: string; readonly fix: string } {
  const flat = text.replaceAll(/\n {3,}/g, " ");
  if (text.startsWith("$ curl")) {
    const body = JSON.parse(text.slice(text.indexOf("\n\n"))) as Readonly<Record<"title" | "fix", string>>;
    return { says: body.title, fix: body.fix };
  }
  if (!text.startsWith("$ agentos")) return { says: flat, fix: flat };
  const findings = [...flat.matchAll(/^(?:cause|note ) {4}([^]*?)\n {2}fix ([^]*?)\n {2}code /gm)];
  const part = (index: number) => findings.map((finding) => finding[index] ?? "").join("\n");
  return { says: part(1), fix: part(2) };
}

describe("what the person entitled to it reads", () => {
  it.each([...tokenCauses, ...serverCauses].map((row) => [row.cause, row] as const))(
    "names cause and fix: %s",
    { timeout: 20_000 },
    async (cause, { read, code, says, fix }) => {
      const text = await read();
      texts.push({ cause, code, text });
      expect(ERRORS).toHaveProperty(code);
      expect(text).toContain(code);
      const parts = readParts(text);
      expect(parts.says, text).toMatch(says);
      expect(parts.fix, text).toMatch(fix);
    },
  );
});
