/** A bundle for browsers as an application's own bundler would make it of our published entries, to be looked at. */

export interface BrowserBundle {
  /** Bytes of the minified code. */
  readonly size: number;
  /** Bytes of the same, compressed by gzip. */
  readonly gzipSize: number;
  /** Paths of the modules in it that something is used of. */
  readonly modules: readonly string[];
  /** What it still imports when it runs. */
  readonly imports: readonly string[];
}

/** Bundles a module that has this text, from the folder of a package. */
export async function bundleForBrowser(folder: string, text: string): Promise<BrowserBundle> {
  const [{ rolldown }, { gzipSync }, { join }] = await Promise.all([
    import("rolldown"),
    import("node:zlib"),
    import("node:path"),
  ]);
  const entry = join(folder, "bundled-entry.ts");
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    resolve: { conditionNames: ["@agentos/source", "browser", "import", "module", "default"] },
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? text : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const [{ code, modules, imports, dynamicImports }] = output;
  const used = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0);
  return {
    size: Buffer.byteLength(code),
    gzipSize: gzipSync(code).byteLength,
    modules: used.map(([path]) => path),
    imports: [...imports, ...dynamicImports],
  };
}
