/** Real processes for tests. An entry of its own: most tests start none. */

export { type BrowserBundle, bundleForBrowser } from "./processes/bundle-for-browser.ts";
export { type BundledScript, bundleScript } from "./processes/bundle-script.ts";
export { findFreePort } from "./servers/free-port.ts";
