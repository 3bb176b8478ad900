/** OpenID Connect Discovery 1.0: from an issuer to the address of its keys. */

import { createFault, type Fault, isRecord } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { parseLinkedUrl } from "./key-url.ts";

/** Address of the discovery document; a final slash is not doubled (section 4.1 there). */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** The `jwks_uri` in the document of this very issuer. */
export function parseDiscovery(
  text: string,
  { issuer, source }: { readonly issuer: string; readonly source: string },
): Result<string, Fault> {
  const invalid = (reason: string) =>
    fail(createFault({ code: "KEY_DISCOVERY_INVALID", at: source, facts: { reason } }));
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return invalid("it is not JSON");
  }
  if (!isRecord(value)) return invalid("it is not a JSON object");
  const { issuer: found, jwks_uri: jwksUrl } = value;
  if (typeof found !== "string") return invalid('"issuer" is missing');
  // INVARIANT: to the letter (section 4.3 there). Otherwise one tenant of a provider could speak for another.
  if (found !== issuer) {
    const facts = { difference: describeDifference(issuer, found) };
    return fail(createFault({ code: "KEY_DISCOVERY_ISSUER_MISMATCH", at: source, facts }));
  }
  if (typeof jwksUrl !== "string") return invalid('"jwks_uri" is missing');
  const linked = parseLinkedUrl({ url: jwksUrl, linkedFrom: issuer });
  return linked.ok ? ok(jwksUrl) : invalid(`"jwks_uri" cannot be used: ${linked.fault}`);
}

/** In words: neither of the two is shown. */
function describeDifference(configured: string, found: string): string {
  if (found === `${configured}/`) return 'the issuer calls itself the same with a "/" at the end';
  if (`${found}/` === configured) return 'the issuer calls itself the same without the "/" at the end';
  if (found.toLowerCase() === configured.toLowerCase()) return "they differ in upper and lower case only";
  return "it names another issuer";
}
