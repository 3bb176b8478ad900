// Builds the console into the package that serves it. Nothing is fetched while it builds.
import { join } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ["@agentos/source", "module", "browser", "development|production"] },
  build: {
    // The output folder is given by tools/build-console.ts.
    rolldownOptions: {
      input: join(import.meta.dirname, mode === "styleguide" ? "styleguide.html" : "index.html"),
    },
    target: "es2023",
    // A data: address would be one more thing that the policy of the document has to permit.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: "manifest.json",
    // Licences of the code that is in the bundle.
    license: { fileName: "licences.md" },
    chunkSizeWarningLimit: 700,
  },
}));
