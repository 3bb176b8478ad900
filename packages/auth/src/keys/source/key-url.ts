/**
 * Which addresses keys may be fetched from: https, or http on this machine. Anything else could be read and changed on
 * the way, and whoever changes a key set signs every token.
 */
import { isLoopbackHost } from "../../address/loopback-host.ts";
import { measureNearness, Nearness } from "../../address/nearness.ts";

/** The parsed address, or why keys may not be fetched from it, as a phrase. */
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

/**
 * A document from elsewhere must not send us inwards, to services of this machine or of a network that only we can
 * reach, nor from https to http. What is meant to be there can be configured by its own address.
 */
export function judgeLinkedUrl(text: string, linkedFrom: string): KeyUrlJudgement {
  const judged = judgeKeyUrl(text);
  if (!("url" in judged)) return judged;
  const from = judgeKeyUrl(linkedFrom);
  const origin = "url" in from ? from.url : undefined;
  const nearness = measureNearness(judged.url.hostname);
  if (nearness > measureNearness(origin?.hostname ?? "")) {
    const where = nearness === Nearness.thisMachine ? "to this machine" : "into a private network";
    return { problem: `it leads ${where}, and the issuer is elsewhere` };
  }
  if (judged.url.protocol === "http:" && origin?.protocol !== "http:")
    return { problem: "it leads from https to http" };
  return judged;
}
