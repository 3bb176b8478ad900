/**
 * Which addresses keys may be fetched from: https, or http on this machine. Anything else could be read and changed on
 * the way, and whoever changes a key set signs every token.
 */
import { isLoopbackHost } from "../request/check-origin.ts";

export type KeyUrlJudgement = { readonly url: URL } | { readonly problem: string };

/** Judges an address; the problem never quotes it. */
export function judgeKeyUrl(text: string): KeyUrlJudgement {
  if (!URL.canParse(text)) return { problem: "it is not a URL" };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { problem: "it is not an https URL" };
  if (url.username !== "" || url.password !== "")
    return { problem: "it holds a user name or password, which would end up in logs" };
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname))
    return { problem: "it is http, and not on this machine" };
  return { url };
}

/** True for a URL that keys may be fetched from. */
export function isKeyUrl(text: string): boolean {
  return "url" in judgeKeyUrl(text);
}

/** A document from elsewhere must not send us to this machine's own services, nor from https to http. */
export function judgeLinkedUrl(text: string, linkedFrom: string): KeyUrlJudgement {
  const judged = judgeKeyUrl(text);
  const from = judgeKeyUrl(linkedFrom);
  if (!("url" in judged) || !("url" in from)) return judged;
  if (isLoopbackHost(judged.url.hostname) && !isLoopbackHost(from.url.hostname))
    return { problem: "it leads to this machine, and the issuer is elsewhere" };
  if (judged.url.protocol === "http:" && from.url.protocol === "https:")
    return { problem: "it leads from https to http" };
  return judged;
}
