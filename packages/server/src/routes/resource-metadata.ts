/** `GET /.well-known/oauth-protected-resource` (RFC 9728); 404 without an OAuth issuer. */
import type { RouteHandler } from "../ports/route-handler.ts";
import { jsonResponse, notFound } from "../responses.ts";
import type { ResourceMetadataService } from "../services/resource-metadata.ts";

/** Handler of the metadata. */
export function createResourceMetadataRoute(service: ResourceMetadataService | undefined): RouteHandler {
  return ({ request }) => {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const document = service?.documentFor(host);
    // It depends on the host that was asked: no cache may give it to somebody who asked another.
    return document === undefined
      ? notFound()
      : jsonResponse(document, { headers: { "cache-control": "no-store" } });
  };
}
