/** Handlers of the public pages that every server has: what a code means, and where OAuth clients get tokens (RFC 9728). */
import { ERROR_PAGE_HEADERS, renderErrorPage } from "../pages/error-page.ts";
import type { ResourceMetadataService } from "../pages/resource-metadata.ts";
import { jsonResponse, notFound } from "./responses.ts";
import type { RouteHandler } from "./route-handler.ts";

/** Handler of the error pages; `cliCommand` fills the fixes. */
export function createErrorPage(cliCommand: string): RouteHandler {
  return ({ parameters }) => {
    const html = renderErrorPage(parameters["code"] ?? "", cliCommand);
    return html === undefined ? notFound() : new Response(html, { headers: ERROR_PAGE_HEADERS });
  };
}

/** Handler of the metadata; 404 without an OAuth issuer. */
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
