/** `/openapi.json` and the interactive reference at `/docs`: Swagger UI, served by ourselves so that it works offline. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServedRouteId } from "@agentos/contract";
import { type Gate, notFound, type RouteHandler } from "@agentos/guard/app";
import type { OpenApiReader } from "../openapi/openapi.ts";

const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>AgentOS API</title>
<link rel="icon" href="docs/favicon-32x32.png"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>
`;

/** Paths are relative to the page, so that the reference also works below a prefix. */
const START = `window.ui = SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true });\n`;

/** Swagger UI sets styles and small images inline; scripts come from here only. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

/** Handlers of the reference; `readDocument` gives it as somebody may see it. Disabled, all of them answer 404. */
export function createDocsRoutes({
  isEnabled,
  readDocument,
  mayReach,
}: {
  readonly isEnabled: boolean;
  readonly readDocument: OpenApiReader;
  readonly mayReach: Gate["mayReach"];
}): Record<ServedRouteId<"docs">, RouteHandler> {
  const answer = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
    new Response(body, {
      headers: {
        "content-type": type,
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
      },
    });
  const whenEnabled =
    (handler: RouteHandler): RouteHandler =>
    (context) =>
      isEnabled ? handler(context) : notFound();
  return {
    "docs.openapi": whenEnabled(({ access, caller }) => {
      // Where an operator has closed the route, whoever came so far is known.
      const known = caller ?? (access.identity.kind === "anonymous" ? undefined : access.identity);
      const text = readDocument(known && ((route) => mayReach(known, route)));
      const response = answer(text, "application/json");
      // What one caller sees is not for the next one.
      response.headers.set("cache-control", "no-store");
      return response;
    }),
    "docs.page": whenEnabled(() => answer(PAGE, "text/html; charset=utf-8")),
    "docs.asset": whenEnabled(({ parameters }) => {
      const name = parameters["asset"] ?? "";
      if (name === "start.js") return answer(START, "text/javascript; charset=utf-8");
      const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
      return type === undefined ? notFound() : answer(readAsset(name), type);
    }),
  };
}

const assets = new Map<string, Uint8Array<ArrayBuffer>>();

function readAsset(name: string): Uint8Array<ArrayBuffer> {
  const known = assets.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(readFileSync(join(assetFolder(), name)));
  assets.set(name, bytes);
  return bytes;
}

/** The published package carries the files beside its code; in the repository they come from the development dependency. */
function assetFolder(): string {
  const shipped = join(dirname(fileURLToPath(import.meta.url)), "swagger-ui");
  return existsSync(shipped)
    ? shipped
    : dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}
