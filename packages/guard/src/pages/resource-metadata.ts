/**
 * OAuth 2.0 Protected Resource Metadata (RFC 9728): tells clients whom to ask for a token.
 *
 * Its address is always on the host that the client called: that is the only one it has reason to trust. An audience
 * that looks like a URL need not belong to the operator (many providers take any text), and a document fetched from
 * there could name an attacker's authorization server. The host is reflected only as a bare host and port, into
 * answers that no cache may keep, so that nobody gets a host that they did not send themselves.
 */
import { isLoopbackHost } from "@agentos/auth";
import { pagesRoutes, type ResourceMetadata } from "@agentos/contract";

const RESOURCE_METADATA_PATH = pagesRoutes["core.resource"].path;

export interface ResourceMetadataOptions {
  readonly audience: readonly string[] | undefined;
  /** Identifiers of OAuth issuers; without one there is no metadata. */
  readonly issuers: readonly string[];
  readonly scopes: readonly string[];
  readonly acceptsHeader: boolean;
  readonly name: string | undefined;
}

export interface ResourceMetadataService {
  /** Absolute address for the challenge; undefined when the request's host cannot be used. */
  urlFor(host: string | null): string | undefined;
  documentFor(host: string | null): ResourceMetadata | undefined;
}

/** Undefined when no OAuth issuer is configured. */
export function createResourceMetadata(
  options: ResourceMetadataOptions,
): ResourceMetadataService | undefined {
  const { issuers, scopes, acceptsHeader, name } = options;
  if (issuers.length === 0) return undefined;
  const audiences = (options.audience ?? []).filter(isResourceUrl);

  function originFor(host: string | null): string | undefined {
    const origin = readOrigin(host);
    // The operator's own spelling of this very host says which scheme it has.
    const own = audiences.map((audience) => new URL(audience)).find((url) => url.host === origin?.host);
    return (own ?? origin)?.origin;
  }

  return {
    urlFor(host) {
      const origin = originFor(host);
      return origin === undefined ? undefined : `${origin}${RESOURCE_METADATA_PATH}`;
    },
    documentFor(host) {
      const origin = originFor(host);
      const own = audiences.find((audience) => new URL(audience).origin === origin);
      // A token for another audience would be refused here, so a configured URL wins over the request's host.
      const resource = own ?? audiences[0] ?? origin;
      if (resource === undefined) return undefined;
      return {
        resource,
        authorization_servers: [...issuers],
        bearer_methods_supported: acceptsHeader ? ["header"] : [],
        scopes_supported: [...scopes],
        ...(name === undefined ? {} : { resource_name: name }),
      };
    },
  };
}

/** RFC 9728 section 1.2: https, without a fragment; http only on this machine. */
function isResourceUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, hash } = new URL(text);
  return hash === "" && (protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname)));
}

/** A bare host and port, and nothing that a URL parser would read as more. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** Behind a proxy this server cannot see the scheme; a resource's identifier is https anywhere but on this machine. */
function readOrigin(host: string | null): URL | undefined {
  if (host === null || !HOST.test(host)) return undefined;
  const text = `https://${host}`;
  if (!URL.canParse(text)) return undefined;
  return isLoopbackHost(new URL(text).hostname) ? new URL(`http://${host}`) : new URL(text);
}
