/** Real processes for tests. An entry of its own: most tests start none. */
export { type BundledScript, bundleScript } from "./processes/bundle-script.ts";
