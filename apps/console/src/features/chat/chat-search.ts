/** What a link says to the chat. */
import { showHidden } from "../../lib/hidden-text.ts";

const MAX_PROMPT = 4_000;

interface ChatSearch {
  readonly prompt?: string;
}

/** Of a link of whoever: what the box shows is what is sent. */
export const readChatSearch = ({ prompt }: Record<string, unknown>): ChatSearch =>
  typeof prompt === "string" && prompt !== ""
    ? { prompt: showHidden(prompt.slice(0, MAX_PROMPT)).slice(0, MAX_PROMPT) }
    : {};
