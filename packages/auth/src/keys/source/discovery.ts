/** OpenID Connect Discovery 1.0: from an issuer to the address of its keys. */

import { isRecord } from "@agentos/contract";
import type { KeyFault } from "../model/key.ts";
import { createKeyFault } from "../model/key-fault.ts";
import { judgeLinkedUrl } from "./key-url.ts";

/** Address of the discovery document; a final slash is not doubled (section 4.1 there). */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** Reads `jwks_uri` out of the document of this very issuer. */
export function parseDiscovery(
  text: string,
  { issuer, source }: { readonly issuer: string; readonly source: string },
): { readonly jwksUrl: string } | { readonly fault: KeyFault } {
  const invalid = (reason: string) => ({
    fault: createKeyFault("KEY_DISCOVERY_INVALID", source, { reason }),
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid("it is not JSON");
  }
  if (!isRecord(value)) return invalid("it is not a JSON object");
  const { issuer: found, jwks_uri: jwksUrl } = value;
  if (typeof found !== "string") return invalid('"issuer" is missing');
  // INVARIANT: to the letter (section 4.3 there). Otherwise one tenant of a provider could speak for another.
  if (found !== issuer) {
    const difference = describeDifference(issuer, found);
    return { fault: createKeyFault("KEY_DISCOVERY_ISSUER_MISMATCH", source, { difference }) };
  }
  if (typeof jwksUrl !== "string") return invalid('"jwks_uri" is missing');
  const judged = judgeLinkedUrl(jwksUrl, issuer);
  if ("problem" in judged) return invalid(`"jwks_uri" cannot be used: ${judged.problem}`);
  return { jwksUrl };
}

/** In words: neither of the two is shown. */
function describeDifference(configured: string, found: string): string {
  if (found === `${configured}/`) return 'the issuer calls itself the same with a "/" at the end';
  if (`${found}/` === configured) return 'the issuer calls itself the same without the "/" at the end';
  if (found.toLowerCase() === configured.toLowerCase()) return "they differ in upper and lower case only";
  return "it names another issuer";
}
