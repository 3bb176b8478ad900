/**
 * Which addresses keys may be fetched from: https, or http on this machine. Anything else could be read and changed on
 * the way, and whoever changes a key set signs every token.
 */
import { isLoopbackHost } from "../../address/loopback-host.ts";
import { measureNearness, Nearness } from "../../address/nearness.ts";
import { fail, ok, type Result } from "../../outcome/result.ts";

/** The address, or why keys may not be fetched from it: a phrase that never quotes it. */
export function parseKeyUrl(text: string): Result<URL, string> {
  if (!URL.canParse(text)) return fail("it is not a URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return fail("it is not an https URL");
  if (url.username !== "" || url.password !== "")
    return fail("it holds a user name or password, which would end up in logs");
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname))
    return fail("it is http, and not on this machine");
  return ok(url);
}

/** True for a URL that keys may be fetched from. */
export function isKeyUrl(text: string): boolean {
  return parseKeyUrl(text).ok;
}

/** Two addresses by their names: swapped, they would lead inwards. */
export interface LinkedUrl {
  /** The address that the document names, which is asked next. */
  readonly url: string;
  /** The address that the document is from, or whose it is. */
  readonly linkedFrom: string;
}

/**
 * A document from elsewhere must not send us inwards, to services of this machine or of a network that only we can
 * reach, nor from https to http. What is meant to be there can be configured by its own address.
 */
export function parseLinkedUrl({ url, linkedFrom }: LinkedUrl): Result<URL, string> {
  const linked = parseKeyUrl(url);
  if (!linked.ok) return linked;
  const from = parseKeyUrl(linkedFrom);
  const nearness = measureNearness(linked.value.hostname);
  if (nearness > measureNearness(from.ok ? from.value.hostname : "")) {
    const where = nearness === Nearness.thisMachine ? "to this machine" : "into a private network";
    return fail(`it leads ${where}, and the issuer is elsewhere`);
  }
  if (linked.value.protocol === "http:" && !(from.ok && from.value.protocol === "http:"))
    return fail("it leads from https to http");
  return linked;
}
