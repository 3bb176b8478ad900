/** What the probe works with in this page. */
import { useMemo } from "react";
import { type BrowserKind, readThisBrowser } from "./browser-kind.ts";
import type { NetworkPermission, ProbeTools } from "./probe-endpoint.ts";

export function useThisBrowser(): ProbeTools {
  return useMemo(() => toolsOfThisPage(readThisBrowser(navigator)), []);
}

function toolsOfThisPage(browser: BrowserKind): ProbeTools {
  return {
    fetch: (input, init) => window.fetch(input, init),
    pageUrl: window.location.href,
    browser,
    readPermission,
    timeoutMs: 8_000,
  };
}

/** Chrome had one name for both at first. What no browser knows tells nothing. */
const NAMES = {
  local: ["local-network", "local-network-access"],
  loopback: ["loopback-network", "local-network-access"],
} as const;

async function readPermission(network: keyof typeof NAMES): Promise<NetworkPermission> {
  for (const name of NAMES[network]) {
    try {
      return (await navigator.permissions.query({ name: name as PermissionName })).state;
    } catch {
      // Not known here.
    }
  }
  return "unknown";
}
