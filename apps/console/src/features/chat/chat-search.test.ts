import { expect, test } from "vitest";
import { countHidden } from "../../lib/hidden-text.ts";
import { readQuickPrompts } from "../../lib/quick-prompts.ts";
import { readComponents } from "../../lib/read-components.ts";
import { readChatSearch } from "./chat-search.ts";

const unseen = String.fromCodePoint(0xe0049, 0xe0047, 0x202e);

test("what a link has put into the message is what the box shows", () => {
  const { prompt = "" } = readChatSearch({ prompt: `Summarise${unseen}` });
  expect(prompt).toBe("Summarise\\udb40\\udc49\\udb40\\udc47\\u202e");
  expect(readChatSearch({ prompt: unseen.repeat(4_000) }).prompt?.length).toBeLessThanOrEqual(4_000);
});

test("no prompt and no name of an instance has anything in it that nobody sees", () => {
  const [prompt = ""] = readQuickPrompts({ chat: { quick_prompts: { a: [`ok${unseen}`] } } }, "a");
  const [one] = readComponents([{ id: "a", name: `ok ${unseen}txt.exe`, description: unseen }]);
  expect([prompt, one?.name, one?.description].map((text) => countHidden(text ?? ""))).toEqual([0, 0, 0]);
  expect(prompt).toContain("\\u202e");
});
