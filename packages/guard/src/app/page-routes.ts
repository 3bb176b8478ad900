/** Handlers of the public pages that every server has: what a code means, and where OAuth clients get tokens (RFC 9728). */
import type { PageRouteId } from "@agentos/contract";
import { ERROR_PAGE_HEADERS, renderErrorPage } from "../pages/error-page.ts";
import type { ResourceMetadataService } from "../pages/resource-metadata.ts";
import { jsonResponse, notFound } from "./responses.ts";
import type { RouteHandler } from "./route-handler.ts";

/** Creates them. `cliCommand` fills the fixes; the metadata are 404 without an OAuth issuer. */
export function createPageRoutes(options: {
  readonly cliCommand: string;
  readonly resourceMetadata: ResourceMetadataService | undefined;
}): Record<Extract<PageRouteId, `core.${string}`>, RouteHandler> {
  const { cliCommand, resourceMetadata } = options;
  return {
    "core.error": ({ parameters }) => {
      const html = renderErrorPage(parameters["code"] ?? "", cliCommand);
      return html === undefined ? notFound() : new Response(html, { headers: ERROR_PAGE_HEADERS });
    },
    "core.resource": ({ request }) => {
      const host = request.headers.get("host") ?? new URL(request.url).host;
      const document = resourceMetadata?.documentFor(host);
      // It depends on the host that was asked: no cache may give it to somebody who asked another.
      return document === undefined
        ? notFound()
        : jsonResponse(document, { headers: { "cache-control": "no-store" } });
    },
  };
}
