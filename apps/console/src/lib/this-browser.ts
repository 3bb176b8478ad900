/** What the probe works with in this page. */
import { useMemo } from "react";
import { type BrowserKind, readThisBrowser } from "./browser-kind.ts";
import type { ProbeTools } from "./probe-endpoint.ts";

export function useThisBrowser(): ProbeTools {
  return useMemo(() => toolsOfThisPage(readThisBrowser(navigator)), []);
}

function toolsOfThisPage(browser: BrowserKind): ProbeTools {
  return {
    fetch: (input, init) => window.fetch(input, init),
    pageUrl: window.location.href,
    browser,
    isLocalNetworkDenied: askPermission,
    timeoutMs: 8_000,
  };
}

/** Its name is not known to every browser: then nothing is known. */
async function askPermission(): Promise<boolean> {
  for (const name of ["local-network-access", "local-network", "loopback-network"]) {
    try {
      const { state } = await navigator.permissions.query({ name: name as PermissionName });
      if (state === "denied") return true;
    } catch {
      // Not known here.
    }
  }
  return false;
}
