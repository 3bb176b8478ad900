// The packages that we publish, in build order, and what beside compiled code goes into their `dist`.

export interface PublishedPackage {
  readonly name: string;
  readonly needs: readonly string[];
  /** Module specifier -> file below `dist`. */
  readonly assets?: Readonly<Record<string, string>>;
}

export const publishedPackages: readonly PublishedPackage[] = [
  { name: "contract", needs: [] },
  { name: "auth", needs: ["contract"] },
  { name: "guard", needs: ["contract", "auth"] },
  { name: "storage", needs: ["contract"] },
  {
    name: "server",
    needs: ["contract", "auth", "guard", "storage"],
    // Copied to where routes/docs.ts looks, so that a user of the server installs no Swagger UI package and
    // none of its install scripts.
    assets: {
      "swagger-ui-dist/swagger-ui.css": "routes/swagger-ui/swagger-ui.css",
      "swagger-ui-dist/swagger-ui-bundle.js": "routes/swagger-ui/swagger-ui-bundle.js",
      "swagger-ui-dist/favicon-32x32.png": "routes/swagger-ui/favicon-32x32.png",
      "swagger-ui-dist/LICENSE": "routes/swagger-ui/LICENSE",
    },
  },
  { name: "control-plane", needs: ["contract", "auth", "guard", "storage"] },
  { name: "client", needs: ["contract"] },
  {
    name: "cli",
    needs: ["contract", "auth", "guard", "storage", "server", "control-plane", "client"],
  },
];
