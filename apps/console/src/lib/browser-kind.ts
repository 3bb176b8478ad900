/** Which browser this is, as far as words about its permissions need it. Nothing is decided by it. */

export type BrowserKind = "chrome" | "edge" | "brave" | "firefox" | "safari" | "other";

export interface BrowserSigns {
  readonly userAgent: string;
  /** Brave says so by an object of its own. */
  readonly isBrave: boolean;
}

/** Reads it. Names of others are in most of these texts, so the order matters. */
export function readBrowserKind({ userAgent, isBrave }: BrowserSigns): BrowserKind {
  if (isBrave) return "brave";
  if (/\bEdg\//.test(userAgent)) return "edge";
  if (/\bFirefox\//.test(userAgent)) return "firefox";
  if (/\b(?:Headless)?Chrome\//.test(userAgent)) return "chrome";
  if (/\bSafari\//.test(userAgent)) return "safari";
  return "other";
}

export function readThisBrowser(navigator: Navigator): BrowserKind {
  return readBrowserKind({ userAgent: navigator.userAgent, isBrave: "brave" in navigator });
}

const NAMES: Readonly<Record<BrowserKind, string>> = {
  chrome: "Chrome",
  edge: "Edge",
  brave: "Brave",
  firefox: "Firefox",
  safari: "Safari",
  other: "This browser",
};

export function nameBrowser(kind: BrowserKind): string {
  return NAMES[kind];
}

const LOCAL_NETWORK: Readonly<Record<BrowserKind, string>> = {
  chrome:
    "Chrome asks before a page may reach devices of your local network. Click the icon beside the address of this page, allow “Local network access”, and load the page again.",
  edge: "Edge asks before a page may reach devices of your local network. Click the icon beside the address of this page, allow “Local network access”, and load the page again.",
  brave:
    "Brave blocks pages that reach this machine. Click the lion beside the address and turn Shields down for this page, or allow “Localhost access” in the settings of the site.",
  safari:
    "Safari blocks pages on https that reach this machine over http. Serve the instance over https, or open the console in Chrome, Edge or Firefox.",
  firefox:
    "Firefox may ask before a page reaches your local network. Look for a question beside the address of this page, allow it, and load the page again.",
  other:
    "Allow this page to reach your local network in the settings of this browser, then load the page again.",
};

/** What to do where a browser keeps a page out of this machine or its network. */
export function explainLocalNetwork(kind: BrowserKind): string {
  return LOCAL_NETWORK[kind];
}
