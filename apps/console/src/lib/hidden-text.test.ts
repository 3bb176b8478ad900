import { expect, test } from "vitest";
import { countHidden, dropControls, showHidden } from "./hidden-text.ts";

const tags = Array.from("rm", (letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))).join(
  "",
);

test.each([
  ["letters that are invisible", `ls ${tags}`, "ls \\udb40\\udc72\\udb40\\udc6d", 2],
  ["a turn of the direction", "#\u202etxt.seton mr\u2069", "#\\u202etxt.seton mr\\u2069", 2],
  ["controls", "a\u001b[201~\u0003\u009b\r\u007f", "a\\u001b[201~\\u0003\\u009b\\u000d\\u007f", 5],
  ["fillers, joiners and halves", "a\u3164b\u200dc\ufe0fd\ud800", "a\\u3164b\\u200dc\\ufe0fd\\ud800", 4],
  ["lines and a tab", "a\r\n\n\tb", "a\r\n\n\tb", 0],
  ["emoji, and scripts that join", "👩🏽‍💻 ❤️ می‌خواهم", "👩🏽‍💻 ❤️ می‌خواهم", 0],
])("%s: what is not seen is written out", (_, text, shown, count) => {
  expect([showHidden(text), countHidden(text)]).toEqual([shown, count]);
});

test("of controls only lines and tabs are copied", () => {
  expect(dropControls("a\u001b[201~\r\nb\tc\u0003\u0015\u009bd")).toBe("a[201~\nb\tcd");
});
